using Beyla.Host.Configuration;
using Beyla.Host.Plugins;
using Microsoft.Extensions.Logging;

namespace Beyla.Host.Tests.Plugins;

/// <summary>A search path of its own with copies of built test plugins, and the log of what was loaded from it.</summary>
public sealed class PluginsOnDisk : IDisposable
{
    private static readonly string Artifacts = Path.Combine(RepositoryRoot(), "artifacts");

    private readonly RecordingLogs _logs = new();

    public string Root { get; } = Directory.CreateTempSubdirectory("beyla-plugins-").FullName;

    /// <summary>Level and text of every line logged.</summary>
    internal IReadOnlyList<(LogLevel Level, string Text)> Lines => _logs.Lines;

    internal PluginHostServices Host => new(LoggerFactory.Create(b => b.AddProvider(_logs)), TimeProvider.System, ReadObject);

    /// <summary>Null: tables are checked without the BPF object, which most test plugins lack.</summary>
    internal BpfObjectReader? ReadObject { get; set; }

    /// <summary>Copies a test plugin as the build laid it out; returns its folder.</summary>
    public string Add(string plugin, string? folder = null) => Copy(Path.Combine(Artifacts, "test-plugins", plugin), folder ?? plugin);

    /// <summary>As <see cref="Add"/>, of a plugin that is shipped.</summary>
    public string AddShipped(string plugin) => Copy(Path.Combine(Artifacts, "plugins", plugin), plugin);

    private string Copy(string built, string folder)
    {
        string target = Path.Combine(Root, folder);
        Directory.CreateDirectory(target);
        foreach (string file in Directory.EnumerateFiles(built))
            File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
        return target;
    }

    /// <summary>Loads everything.</summary>
    internal PluginCatalog Load(params string[] searchPaths) => Load(new Dictionary<string, TracerOptions>(), searchPaths);

    internal PluginCatalog Load(Dictionary<string, TracerOptions> tracers, params string[] searchPaths) =>
        PluginCatalog.Load(new BeylaOptions { PluginsPath = searchPaths is [] ? [Root] : searchPaths, Tracers = tracers }, Host);

    public void Dispose() => Directory.Delete(Root, recursive: true);

    private static string RepositoryRoot()
    {
        string directory = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(directory, "Beyla.slnx")))
            directory = Path.GetDirectoryName(directory) ?? throw new InvalidOperationException("Beyla.slnx is in no parent folder.");
        return directory;
    }
}
