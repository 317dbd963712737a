namespace Beyla.Elf;

/// <summary>Reads a signature as a user types it: <c>main.computeE(iterations int64) float64</c>.</summary>
public static class SignatureParser
{
    private static readonly Dictionary<string, GoKind> Kinds = new(StringComparer.Ordinal)
    {
        ["bool"] = GoKind.Bool, ["int"] = GoKind.Int, ["int8"] = GoKind.Int8, ["int16"] = GoKind.Int16, ["int32"] = GoKind.Int32, ["int64"] = GoKind.Int64,
        ["uint"] = GoKind.Uint, ["uint8"] = GoKind.Uint8, ["uint16"] = GoKind.Uint16, ["uint32"] = GoKind.Uint32, ["uint64"] = GoKind.Uint64,
        ["uintptr"] = GoKind.Uintptr, ["byte"] = GoKind.Uint8, ["rune"] = GoKind.Int32, ["float32"] = GoKind.Float32, ["float64"] = GoKind.Float64,
        ["complex64"] = GoKind.Complex64, ["complex128"] = GoKind.Complex128, ["string"] = GoKind.String, ["error"] = GoKind.Interface, ["any"] = GoKind.Interface,
        ["unsafe.Pointer"] = GoKind.UnsafePointer, ["time.Duration"] = GoKind.Int64, ["context.Context"] = GoKind.Interface,
    };

    /// <summary>The function's name, without the signature: everything before the parameter list.</summary>
    public static string NameOf(string text)
    {
        int list = ListStart(text);
        return (list < 0 ? text : text[..list]).Trim();
    }

    /// <summary>Reads it; null when only a name was given.</summary>
    /// <param name="text">The text.</param>
    /// <param name="named">Finds a type that the program defines; null: it has none of that name.</param>
    /// <exception cref="FormatException">A sentence says what is wrong and where.</exception>
    public static GoSignature? Parse(string text, Func<string, GoValueType?> named)
    {
        int open = ListStart(text);
        if (open < 0) return null;
        int close = Closing(text, open);
        string results = text[(close + 1)..].Trim();
        string name = NameOf(text);
        List<GoParameter> parameters = List(text[(open + 1)..close], named);
        // A method's receiver is part of its name and its first word; who writes the signature need not say it again.
        if (IsPointerMethod(name)) parameters.Insert(0, new GoParameter("receiver", Pointer(name)));
        if (results.StartsWith('(')) results = results.EndsWith(')') ? results[1..^1] : throw new FormatException($"'{text}': the results' ')' is missing");
        return new GoSignature(name, parameters, List(results, named), "the user");
    }

    /// <summary>Whether it is a method of a pointer by its name: <c>net/http.(*conn).serve</c>.</summary>
    public static bool IsPointerMethod(string function) => function.Contains(".(*", StringComparison.Ordinal) && !function.Contains(").func", StringComparison.Ordinal);

    /// <summary>The type of such a method's receiver.</summary>
    public static GoValueType Pointer(string method)
    {
        int start = method.IndexOf(".(*", StringComparison.Ordinal), end = method.IndexOf(')', start);
        return GoValueType.OfKind(GoKind.Pointer, $"*{method[..start]}.{method[(start + 3)..end]}")!;
    }

    /// <summary>The parenthesis of the parameter list: not that of a receiver, which a dot stands before and after, nor one in a type argument.</summary>
    private static int ListStart(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '[') i = Closing(text, i);
            if (i >= text.Length || text[i] != '(') continue;
            if (i > 0 && text[i - 1] != '.') return i;
            i = Closing(text, i);
        }
        return -1;
    }

    private static int Closing(string text, int open)
    {
        int depth = 0;
        for (int i = open; i < text.Length; i++)
        {
            if (text[i] is '(' or '[' or '{') depth++;
            else if (text[i] is ')' or ']' or '}' && --depth == 0) return i;
        }
        throw new FormatException($"'{text}': the '{text[open]}' at column {open + 1} is not closed");
    }

    /// <summary><c>a, b int, c string</c> or <c>int, string</c>.</summary>
    private static List<GoParameter> List(string text, Func<string, GoValueType?> named)
    {
        string[] parts = Split(text);
        bool hasNames = parts.Any(p => NameEnd(p) > 0);
        List<GoParameter> list = [];
        string? type = null;
        foreach (string part in parts.Reverse())
        {
            int end = NameEnd(part);
            if (!hasNames || end > 0) type = part[(hasNames ? end : 0)..].Trim();
            list.Insert(0, new GoParameter(!hasNames ? "" : end > 0 ? part[..end] : part, TypeOf(type ?? throw new FormatException($"'{text}': {part} has no type"), named)));
        }
        return list;
    }

    /// <summary>Where the name ends that stands before a type; 0: there is only a type (or only a name).</summary>
    private static int NameEnd(string part)
    {
        int blank = part.IndexOf(' ', StringComparison.Ordinal);
        return blank > 0 && part[..blank] is not ("chan" or "func" or "<-chan" or "struct" or "interface") && !part[..blank].Contains('(', StringComparison.Ordinal) ? blank : 0;
    }

    private static string[] Split(string text)
    {
        List<string> parts = [];
        int start = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] is '(' or '[' or '{') i = Closing(text, i);
            else if (text[i] == ',')
            {
                parts.Add(text[start..i].Trim());
                start = i + 1;
            }
        }
        if (text[start..].Trim() is { Length: > 0 } last) parts.Add(last);
        return [.. parts];
    }

    private static GoValueType TypeOf(string text, Func<string, GoValueType?> named)
    {
        if (Kinds.TryGetValue(text, out GoKind kind)) return GoValueType.OfKind(kind, text)!;
        if (text.StartsWith('*')) return GoValueType.OfKind(GoKind.Pointer, text)!;
        if (text.StartsWith("[]", StringComparison.Ordinal) || text.StartsWith("...", StringComparison.Ordinal))
            return GoValueType.OfKind(GoKind.Slice, text)! with { Element = Kinds.TryGetValue(text.TrimStart('[', ']', '.'), out GoKind element) ? GoValueType.OfKind(element, text.TrimStart('[', ']', '.')) : null };
        if (text.StartsWith("map[", StringComparison.Ordinal)) return GoValueType.OfKind(GoKind.Map, text)!;
        if (text.StartsWith("chan ", StringComparison.Ordinal) || text.StartsWith("<-chan", StringComparison.Ordinal)) return GoValueType.OfKind(GoKind.Chan, text)!;
        if (text.StartsWith("func(", StringComparison.Ordinal)) return GoValueType.OfKind(GoKind.Func, text)!;
        if (text.StartsWith("interface{", StringComparison.Ordinal)) return GoValueType.OfKind(GoKind.Interface, text)!;
        return named(text) ?? throw new FormatException($"type '{text}' is not in the program's type data; write what it is made of, like int64, string, *T, []byte or error");
    }
}
