namespace Beyla.Host.Commands.Plugins;

/// <summary>What one of the commands below <c>beyla plugin</c> was asked for.</summary>
internal abstract record PluginArguments
{
    /// <summary><c>plugin new NAME --kind KIND</c></summary>
    /// <param name="Name">PascalCase name of the tracer and its folder.</param>
    /// <param name="Kind">Which template.</param>
    /// <param name="Feed">Folder with the packages; null: the machine's NuGet sources have them.</param>
    public sealed record New(string Name, string Kind, string? Feed) : PluginArguments;

    /// <summary><c>plugin check DIR [--exe TARGET]</c></summary>
    /// <param name="Folder">The plugin's folder, or its project's.</param>
    /// <param name="Executable">Path of an executable, or a process id; null: only the plugin is checked.</param>
    public sealed record Check(string Folder, string? Executable) : PluginArguments;

    /// <summary><c>plugin verify DIR</c></summary>
    public sealed record Verify(string Folder) : PluginArguments;

    /// <summary><c>plugin replay DIR FILE</c></summary>
    public sealed record Replay(string Folder, string Recording) : PluginArguments;

    /// <summary><c>plugin test DIR [--recordings DIR]</c></summary>
    public sealed record Test(string Folder, string? Recordings) : PluginArguments;

    /// <summary><c>plugin pack DIR [-o FILE] [--key FILE]</c></summary>
    public sealed record Pack(string Folder, string? File, string? Key) : PluginArguments;

    /// <summary><c>plugin install FILE|DIR</c></summary>
    public sealed record Install(string Source) : PluginArguments;

    /// <summary><c>plugin remove ID</c></summary>
    public sealed record Remove(string Id) : PluginArguments;

    /// <summary><c>plugin list</c></summary>
    public sealed record List : PluginArguments;
}
