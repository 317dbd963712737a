namespace Beyla.Host.Configuration.Toml;

/// <summary>How a table came to be, which decides who may extend it (TOML 1.0, "Table" and "Inline Table").</summary>
internal enum TomlTableOrigin
{
    /// <summary>Only passed through by a header: <c>a</c> in <c>[a.b]</c>. A header may still define it.</summary>
    Implicit,

    /// <summary>Defined by <c>[a]</c> or <c>[[a]]</c>; also the root.</summary>
    Header,

    /// <summary>Made by a dotted key; further dotted keys of the same section may extend it.</summary>
    DottedKey,

    /// <summary><c>{ … }</c>: complete as written.</summary>
    Inline,
}

/// <summary>A key of a table: where it is first written, and its value.</summary>
internal readonly record struct TomlEntry(TomlPosition KeyPosition, TomlValue Value);

/// <summary>A table, keys in the order of the file.</summary>
internal sealed class TomlTable(TomlPosition position, TomlTableOrigin origin) : TomlValue(position)
{
    private readonly OrderedDictionary<string, TomlEntry> _entries = new(StringComparer.Ordinal);

    public TomlTableOrigin Origin { get; private set; } = origin;

    public IReadOnlyDictionary<string, TomlEntry> Entries => _entries;

    public override string TypeName => "a table";

    public bool TryGet(string key, out TomlEntry entry) => _entries.TryGetValue(key, out entry);

    public T Add<T>(TomlKeyPart key, T value) where T : TomlValue
    {
        _entries.Add(key.Name, new TomlEntry(key.Position, value));
        return value;
    }

    /// <summary>A header names a table that was only passed through before.</summary>
    public void DefineByHeader() => Origin = TomlTableOrigin.Header;
}

/// <summary>One part of a (dotted) key.</summary>
internal readonly record struct TomlKeyPart(string Name, TomlPosition Position);
