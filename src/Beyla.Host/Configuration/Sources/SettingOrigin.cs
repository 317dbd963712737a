using Beyla.Host.Configuration.Toml;

namespace Beyla.Host.Configuration.Sources;

/// <summary>The kinds of source, the weakest first.</summary>
internal enum SettingSource
{
    Default,
    File,
    Environment,
    Flag,
}

/// <summary>Where a value was written.</summary>
/// <param name="Source">Kind of source.</param>
/// <param name="Name">The file, the variable or the flag; null for a default.</param>
/// <param name="Position">In a file.</param>
internal readonly record struct SettingOrigin(SettingSource Source, string? Name, TomlPosition? Position = null)
{
    /// <summary><c>beyla.toml:3:1</c>, <c>BEYLA_OPEN_PORT</c>, <c>--open-port</c>; null for a default.</summary>
    public string? Place => Position is { } position ? $"{Name}:{position}" : Name;

    public override string ToString() => Place ?? "default";
}
