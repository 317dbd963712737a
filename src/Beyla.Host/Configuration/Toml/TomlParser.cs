namespace Beyla.Host.Configuration.Toml;

/// <summary>The grammar of TOML 1.0: lines, headers, keys, arrays and inline tables. Which table a key lands in is decided by <see cref="TomlSection"/>.</summary>
internal sealed class TomlParser(TomlScanner scanner)
{
    /// <summary>Deeper nesting is refused rather than left to overflow the stack.</summary>
    private const int MaxDepth = 128;

    public TomlTable Parse()
    {
        TomlTable root = new(scanner.Position, TomlTableOrigin.Header);
        TomlSection section = new(scanner, root);
        while (true)
        {
            scanner.SkipBlanksAndLines();
            if (scanner.AtEnd) return root;
            if (scanner.Current == '[')
            {
                section = Header(root);
                scanner.FinishLine("the table header");
            }
            else
            {
                KeyValue(section, depth: 0);
                scanner.FinishLine("the value");
            }
        }
    }

    private TomlSection Header(TomlTable root)
    {
        bool array = scanner.Peek(1) == '[';
        scanner.Advance(array ? 2 : 1);
        List<TomlKeyPart> key = Key();
        string close = array ? "]]" : "]";
        if (!scanner.TryTake(close)) throw scanner.Error($"'{close}' is missing at the end of the table header; found {scanner.Here()}");
        return array ? TomlSection.OfArray(scanner, root, key) : TomlSection.OfTable(scanner, root, key);
    }

    private void KeyValue(TomlSection section, int depth)
    {
        List<TomlKeyPart> key = Key();
        if (!scanner.TryTake("="))
            throw scanner.Error($"'=' is missing after the key '{key[^1].Name}'; found {scanner.Here()}");
        scanner.SkipBlanks();
        section.Add(key, Value(depth));
    }

    /// <summary>A dotted key, with the blanks around it.</summary>
    private List<TomlKeyPart> Key()
    {
        List<TomlKeyPart> parts = [];
        do
        {
            scanner.SkipBlanks();
            if (parts.Count == MaxDepth) throw scanner.Error($"a key has more than {MaxDepth} parts");
            parts.Add(KeyPart());
            scanner.SkipBlanks();
        }
        while (scanner.TryTake("."));
        return parts;
    }

    private TomlKeyPart KeyPart()
    {
        TomlPosition position = scanner.Position;
        if (scanner.Current is '"' or '\'') return new TomlKeyPart(TomlStrings.Line(scanner), position);
        int start = scanner.Offset;
        while (char.IsAsciiLetterOrDigit(scanner.Current) || scanner.Current is '_' or '-') scanner.Advance();
        if (scanner.Offset == start)
            throw scanner.Error($"a key is expected, found {scanner.Here()}; letters, digits, '_' and '-' need no quotes, other keys do");
        return new TomlKeyPart(scanner.TextFrom(start), position);
    }

    private TomlValue Value(int depth)
    {
        TomlPosition position = scanner.Position;
        switch (scanner.Current)
        {
            case '"' or '\'': return new TomlString(position, TomlStrings.Any(scanner));
            case '[' or '{' when depth == MaxDepth: throw scanner.Error($"values are nested more than {MaxDepth} deep");
            case '[': return Array(position, depth + 1);
            case '{': return InlineTable(position, depth + 1);
            default: return TomlScalar.Read(scanner);
        }
    }

    private TomlArray Array(TomlPosition position, int depth)
    {
        TomlArray array = new(position, ofTables: false);
        scanner.Advance();
        while (true)
        {
            scanner.SkipBlanksAndLines();
            if (scanner.TryTake("]")) return array;
            array.Items.Add(Value(depth));
            scanner.SkipBlanksAndLines();
            if (scanner.TryTake("]")) return array;
            if (!scanner.TryTake(",")) throw scanner.Error($"',' or ']' is expected in the array that begins at {position}, found {scanner.Here()}");
        }
    }

    private TomlTable InlineTable(TomlPosition position, int depth)
    {
        TomlTable table = new(position, TomlTableOrigin.Inline);
        TomlSection section = new(scanner, table);
        scanner.Advance();
        scanner.SkipBlanks();
        if (scanner.TryTake("}")) return table;
        while (true)
        {
            KeyValue(section, depth);
            scanner.SkipBlanks();
            if (scanner.TryTake("}")) return table;
            if (!scanner.TryTake(","))
                throw scanner.Error($"',' or '}}' is expected in the inline table that begins at {position}, found {scanner.Here()}; "
                    + "an inline table stays on one line");
        }
    }
}
