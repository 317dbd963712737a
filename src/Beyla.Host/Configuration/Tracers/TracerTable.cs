using Beyla.Host.Configuration.Sources;
using Beyla.Host.Configuration.Toml;

namespace Beyla.Host.Configuration.Tracers;

/// <summary>A table <c>[tracers.&lt;name&gt;]</c> of the file. Its keys are unchecked: only the tracer knows them.</summary>
/// <param name="Tracer">The name.</param>
/// <param name="Origin">Where the name is written.</param>
/// <param name="Content">The whole table, <c>enabled</c> included.</param>
internal sealed record TracerTable(string Tracer, SettingOrigin Origin, TomlTable Content)
{
    /// <summary>A place in the table's file.</summary>
    public SettingOrigin At(TomlPosition position) => Origin with { Position = position };
}
