namespace Beyla.Host.Configuration.Toml;

/// <summary>A table that takes key = value lines: the root, what a header names, or an inline table. Holds TOML's rules of who may define what.</summary>
internal sealed class TomlSection(TomlScanner scanner, TomlTable table)
{
    /// <summary>Adds a value under a key; tables for the parts before the last are made on the way.</summary>
    public void Add(List<TomlKeyPart> key, TomlValue value)
    {
        TomlTable target = table;
        for (int i = 0; i < key.Count - 1; i++)
        {
            if (!target.TryGet(key[i].Name, out TomlEntry entry))
                target = target.Add(key[i], new TomlTable(key[i].Position, TomlTableOrigin.DottedKey));
            else if (entry.Value is TomlTable { Origin: TomlTableOrigin.DottedKey } dotted)
                target = dotted;
            else
                throw Defined(scanner, key, i, entry, "a dotted key cannot extend it");
        }
        if (target.TryGet(key[^1].Name, out TomlEntry existing))
            throw Defined(scanner, key, key.Count - 1, existing, "remove one of the two");
        target.Add(key[^1], value);
    }

    /// <summary>The section of <c>[key]</c>.</summary>
    public static TomlSection OfTable(TomlScanner scanner, TomlTable root, List<TomlKeyPart> key)
    {
        TomlTable parent = Parent(scanner, root, key);
        if (!parent.TryGet(key[^1].Name, out TomlEntry entry))
            return new TomlSection(scanner, parent.Add(key[^1], new TomlTable(key[^1].Position, TomlTableOrigin.Header)));
        if (entry.Value is not TomlTable { Origin: TomlTableOrigin.Implicit } table)
            throw Defined(scanner, key, key.Count - 1, entry, "a table header cannot define it again");
        table.DefineByHeader();
        return new TomlSection(scanner, table);
    }

    /// <summary>The section of <c>[[key]]</c>: a new table at the end of the array.</summary>
    public static TomlSection OfArray(TomlScanner scanner, TomlTable root, List<TomlKeyPart> key)
    {
        TomlTable parent = Parent(scanner, root, key);
        TomlArray? array = null;
        if (!parent.TryGet(key[^1].Name, out TomlEntry entry))
            array = parent.Add(key[^1], new TomlArray(key[^1].Position, ofTables: true));
        else if (entry.Value is TomlArray { OfTables: true } existing)
            array = existing;
        if (array is null) throw Defined(scanner, key, key.Count - 1, entry, "[[ ]] cannot extend it");
        TomlTable table = new(key[^1].Position, TomlTableOrigin.Header);
        array.Items.Add(table);
        return new TomlSection(scanner, table);
    }

    /// <summary>The table that a header's last part belongs to.</summary>
    private static TomlTable Parent(TomlScanner scanner, TomlTable root, List<TomlKeyPart> key)
    {
        TomlTable parent = root;
        for (int i = 0; i < key.Count - 1; i++)
        {
            if (!parent.TryGet(key[i].Name, out TomlEntry entry))
                parent = parent.Add(key[i], new TomlTable(key[i].Position, TomlTableOrigin.Implicit));
            else parent = entry.Value switch
            {
                TomlTable { Origin: not TomlTableOrigin.Inline } table => table,
                TomlArray { OfTables: true } array => (TomlTable)array.Items[^1],
                _ => throw Defined(scanner, key, i, entry, "a table header cannot extend it"),
            };
        }
        return parent;
    }

    private static TomlException Defined(TomlScanner scanner, List<TomlKeyPart> key, int last, TomlEntry entry, string consequence) =>
        scanner.Error(key[last].Position,
            $"'{string.Join('.', key.Take(last + 1).Select(p => p.Name))}' is already defined at {entry.KeyPosition} as {entry.Value.TypeName}; {consequence}");
}
