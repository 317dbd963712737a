using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Beyla.Validation;

/// <summary>
/// Measures how the runtime lays out a struct: a field is set to all ones in a zeroed value, and the first byte that changes is its offset.
/// (Marshal.OffsetOf tells the marshalled layout, which differs for bool, char and inline arrays.)
/// </summary>
internal static class StructLayoutReader
{
    /// <summary>The layout under the C name <paramref name="name"/>; <see langword="null"/>: holds references, is generic, or laid out automatically.</summary>
    public static BpfStructLayout? Read(Type type, string name)
    {
        if (type.ContainsGenericParameters || type.IsAutoLayout || !Call<bool>(nameof(IsPlain), type)) return null;
        List<BpfFieldLayout> fields = [];
        foreach (FieldInfo field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
        {
            object value = Activator.CreateInstance(type)!;
            field.SetValue(value, Call<object>(nameof(AllOnes), field.FieldType));
            int offset = Call<byte[]>(nameof(Bytes), type, value).AsSpan().IndexOfAnyExcept((byte)0);
            fields.Add(new(BpfName.Field(SourceName(field)), offset, Call<int>(nameof(SizeOf), field.FieldType)));
        }
        return new(name, Call<int>(nameof(SizeOf), type), fields);
    }

    /// <summary>The property's name for the hidden field of an automatic property: <c>&lt;Status&gt;k__BackingField</c>.</summary>
    private static string SourceName(FieldInfo field) =>
        field.Name.StartsWith('<') ? field.Name[1..field.Name.IndexOf('>', StringComparison.Ordinal)] : field.Name;

    private static TResult Call<TResult>(string method, Type type, params object[] arguments) =>
        (TResult)typeof(StructLayoutReader).GetMethod(method, BindingFlags.Static | BindingFlags.NonPublic)!
            .MakeGenericMethod(type).Invoke(null, arguments)!;

    private static bool IsPlain<T>() where T : struct => !RuntimeHelpers.IsReferenceOrContainsReferences<T>();

    private static int SizeOf<T>() where T : struct => Unsafe.SizeOf<T>();

    private static object AllOnes<T>() where T : struct
    {
        byte[] ones = new byte[Unsafe.SizeOf<T>()];
        ones.AsSpan().Fill(0xff);
        return MemoryMarshal.Read<T>(ones);
    }

    private static byte[] Bytes<T>(object boxed) where T : struct
    {
        T value = (T)boxed;
        return MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)).ToArray();
    }
}
