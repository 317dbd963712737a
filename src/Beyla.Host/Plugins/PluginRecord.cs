namespace Beyla.Host.Plugins;

/// <summary>What became of one plugin folder; the rows of <c>beyla plugins</c>.</summary>
/// <param name="Id">From the manifest, else the assembly's name, else the folder's name.</param>
/// <param name="Version">Of the plugin; <see langword="null"/>: not known.</param>
/// <param name="Contract">Contract version it was built for; <see langword="null"/>: not known.</param>
/// <param name="State">Whether it runs.</param>
/// <param name="Reason">Why it does not run, or a note on one that does; <see langword="null"/>: nothing to say.</param>
/// <param name="Tracers">Names of its tracers, disabled ones included; empty when it was not loaded.</param>
/// <param name="Path">The folder, absolute.</param>
internal sealed record PluginRecord(
    string Id, string? Version, string? Contract, PluginState State, string? Reason, IReadOnlyList<string> Tracers, string Path);

/// <summary>States of a plugin folder.</summary>
internal enum PluginState
{
    /// <summary>Loaded; its tracers take part.</summary>
    Ok,

    /// <summary>The host did not accept it: no code of it ran, or its tables contradict themselves or another plugin.</summary>
    Refused,

    /// <summary>Its own code, or a dependency of it, failed while it was loaded.</summary>
    Failed,

    /// <summary>Loaded, but the configuration switches all its tracers off.</summary>
    Disabled,
}
