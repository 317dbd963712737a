using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace Beyla.Tests;

/// <summary>Renders the public types and members of an assembly as text that reads like declarations, sorted.</summary>
internal static class PublicApi
{
    private const BindingFlags Declared = BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static;

    private static readonly NullabilityInfoContext Nullability = new();

    public static string Render(Assembly assembly)
    {
        StringBuilder text = new();
        foreach (Type type in assembly.GetExportedTypes().OrderBy(t => t.FullName, StringComparer.Ordinal))
        {
            text.Append(Header(type)).Append('\n');
            foreach (string member in Members(type)) text.Append("    ").Append(member).Append('\n');
            text.Append('\n');
        }
        return text.ToString();
    }

    private static string Header(Type type)
    {
        string kind = type switch
        {
            { IsEnum: true } => $"enum {type.FullName} : {TypeName.Of(Enum.GetUnderlyingType(type))}",
            { IsInterface: true } => $"interface {type.FullName}",
            { IsValueType: true } => $"{(IsReadOnly(type) ? "readonly " : "")}{(type.IsByRefLike ? "ref " : "")}{(IsRecord(type) ? "record " : "")}struct {type.FullName}",
            _ when type.IsSubclassOf(typeof(Delegate)) => $"delegate {type.FullName}",
            { IsAbstract: true, IsSealed: true } => $"static class {type.FullName}",
            _ => $"{(type.IsSealed ? "sealed " : type.IsAbstract ? "abstract " : "")}{(IsRecord(type) ? "record" : "class")} {type.FullName}",
        };
        string[] bases = type.IsEnum ? [] :
        [
            .. type.BaseType is { } b && b != typeof(object) && b != typeof(ValueType) ? [TypeName.Of(b)] : Array.Empty<string>(),
            .. type.GetInterfaces().Select(i => TypeName.Of(i)).Order(StringComparer.Ordinal),
        ];
        return bases.Length == 0 ? kind : $"{kind} : {string.Join(", ", bases)}";
    }

    private static IEnumerable<string> Members(Type type)
    {
        if (type.IsEnum)
            return type.GetFields(BindingFlags.Public | BindingFlags.Static).Select(f =>
                $"{f.Name} = {Convert.ToString(f.GetRawConstantValue(), CultureInfo.InvariantCulture)}");
        return
        [
            .. Sorted(type.GetConstructors(Declared).Where(IsVisible).Select(c => $"{Access(c)}new({Parameters(c)})")),
            // The order of a struct's fields is its layout.
            .. type.GetFields(Declared).Where(f => f.IsPublic || f.IsFamily).OrderBy(f => type.IsValueType ? f.MetadataToken : 0)
                .ThenBy(f => f.Name, StringComparer.Ordinal).Select(Field),
            .. Sorted(type.GetProperties(Declared).Where(p => p.GetAccessors(true).Any(IsVisible)).Select(Property)),
            .. Sorted(type.GetMethods(Declared).Where(m => IsVisible(m) && !IsAccessor(m) && !IsGenerated(m)).Select(Method)),
        ];
    }

    private static IEnumerable<string> Sorted(IEnumerable<string> members) => members.Order(StringComparer.Ordinal);

    private static string Field(FieldInfo field) => field.IsLiteral
        ? $"const {TypeName.Of(field.FieldType)} {field.Name} = {Literal(field.GetRawConstantValue())}"
        : $"{(field.IsStatic ? "static " : "")}{(field.IsInitOnly ? "readonly " : "")}{TypeName.Of(field.FieldType, Nullability.Create(field))} {field.Name}";

    private static string Property(PropertyInfo property)
    {
        MethodInfo any = property.GetAccessors(true).First(IsVisible);
        string accessors = string.Concat(
            property.GetMethod is { } get && IsVisible(get) ? " get;" : "",
            property.SetMethod is { } set && IsVisible(set) ? (IsInit(set) ? " init;" : " set;") : "");
        string required = property.IsDefined(typeof(RequiredMemberAttribute)) ? "required " : "";
        return $"{Access(any)}{Modifiers(any)}{required}{TypeName.Of(property.PropertyType, Nullability.Create(property))} {property.Name} {{{accessors} }}";
    }

    private static string Method(MethodInfo method)
    {
        string generic = method.IsGenericMethodDefinition
            ? $"<{string.Join(", ", method.GetGenericArguments().Select(Constrained))}>"
            : "";
        return $"{Access(method)}{Modifiers(method)}{TypeName.Of(method.ReturnType, Nullability.Create(method.ReturnParameter))} {method.Name}{generic}({Parameters(method)})";
    }

    private static string Constrained(Type parameter) =>
        parameter.IsDefined(typeof(IsUnmanagedAttribute)) ? $"{parameter.Name} : unmanaged"
        : parameter.GetGenericParameterConstraints() is [_, ..] constraints
        ? $"{parameter.Name} : {string.Join(", ", constraints.Select(c => TypeName.Of(c)))}"
        : parameter.Name;

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(p =>
    {
        string passing = p.IsOut ? "out " : p.IsIn ? "in " : p.ParameterType.IsByRef ? "ref " : "";
        Type type = p.ParameterType.IsByRef ? p.ParameterType.GetElementType()! : p.ParameterType;
        return $"{passing}{TypeName.Of(type, Nullability.Create(p))} {p.Name}{(p.HasDefaultValue ? " = " + Literal(p.DefaultValue) : "")}";
    }));

    private static string Literal(object? value) => value switch
    {
        null => "default",
        string text => $"\"{text}\"",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static string Modifiers(MethodInfo method) =>
        method.IsStatic ? "static "
        : method.DeclaringType!.IsInterface ? ""
        : method.IsAbstract ? "abstract "
        : method.GetBaseDefinition() != method ? "override "
        : method.IsVirtual && !method.IsFinal ? "virtual " : "";

    private static string Access(MethodBase method) => method.IsPublic ? "" : "protected ";

    private static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static bool IsAccessor(MethodInfo method) => method.IsSpecialName && !method.Name.StartsWith("op_", StringComparison.Ordinal);

    /// <summary>What the compiler adds to records.</summary>
    private static bool IsGenerated(MethodInfo method) => method.IsDefined(typeof(CompilerGeneratedAttribute));

    private static bool IsRecord(Type type) => type.GetMethods(Declared).Any(m => m.Name == "PrintMembers" && IsGenerated(m));

    private static bool IsInit(MethodInfo set) => set.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit));

    private static bool IsReadOnly(Type type) => type.IsDefined(typeof(IsReadOnlyAttribute));
}
