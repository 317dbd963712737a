using Beyla.Host.Plugins;
using Microsoft.Extensions.Logging;

namespace Beyla.Host.Tests.Plugins;

/// <summary>Every bad folder costs one line with state and reason, and nothing else: a good plugin beside it always runs.</summary>
public sealed class BadPluginTests : IDisposable
{
    private readonly PluginsOnDisk _disk = new();

    public void Dispose() => _disk.Dispose();

    [Fact]
    public void Load_AssemblyThatIsNone_IsRefused()
    {
        File.WriteAllText(Path.Combine(Folder("Junk"), "Junk.dll"), "this is not an assembly");

        Expect("Junk", PluginState.Refused, "Junk.dll is not a .NET assembly");
    }

    [Fact]
    public void Load_AssemblyCutOff_IsRefused()
    {
        string file = Path.Combine(AddWithoutManifest("First"), "First.dll");
        File.WriteAllBytes(file, File.ReadAllBytes(file)[..2500]);

        Expect("First", PluginState.Refused, "First.dll is not a .NET assembly");
    }

    [Fact]
    public void Load_EmptyFolder_IsRefused()
    {
        Folder("Nothing");

        Expect("Nothing", PluginState.Refused, "holds no assembly (expected Nothing.dll or a plugin.toml)");
    }

    [Fact]
    public void Load_EntryAssemblyMissing_IsRefused()
    {
        File.Delete(Path.Combine(_disk.Add("First"), "First.dll"));

        Expect("first", PluginState.Refused, "First.dll is missing");
    }

    [Fact]
    public void Load_AssemblyWithoutAttribute_IsRefused()
    {
        _disk.Add("NotAPlugin");

        Expect("NotAPlugin", PluginState.Refused, "NotAPlugin.dll is not a Beyla plugin (no assembly attribute BeylaPlugin)");
    }

    [Fact]
    public void Load_NewerContract_IsRefusedAndSaysWhichSideToUpgrade()
    {
        _disk.Add("NewerContract");

        PluginRecord record = Expect("NewerContract", PluginState.Refused, $"built for contract 2.0, this host speaks {Contract.Version}. Upgrade the host");
        Assert.Equal("2.0", record.Contract);
    }

    [Fact]
    public void Load_DependencyMissing_FailsAndNamesIt()
    {
        File.Delete(Path.Combine(AddWithoutManifest("MissingDependency"), "Library.dll"));

        Expect("MissingDependency", PluginState.Failed, "needs the assembly 'Library', which is not in its folder");
    }

    [Fact]
    public void Load_ConstructorThrows_FailsWithItsMessage()
    {
        _disk.Add("ThrowingConstructor");

        Expect("ThrowingConstructor", PluginState.Failed, "its code failed: InvalidOperationException: no luck today.");
    }

    [Fact]
    public void Load_NoTracerInside_IsRefused()
    {
        _disk.Add("NoTracer");

        Expect("NoTracer", PluginState.Refused, "holds no tracer");
    }

    [Fact]
    public void Load_InvalidTables_IsRefusedWithEveryProblem()
    {
        _disk.Add("InvalidTables");

        PluginRecord record = Expect("InvalidTables", PluginState.Refused, "'Invalid_Tables' is not kebab-case");
        Assert.Contains("the probe of main.main names no program", record.Reason);
    }

    [Theory]
    [InlineData("Library.dll")]
    [InlineData("First.dll")]
    public void Load_FileChangedAfterBuild_IsRefused(string file)
    {
        string path = Path.Combine(_disk.Add("First"), file);
        File.WriteAllBytes(path, [.. File.ReadAllBytes(path), 0]);

        Expect("first", PluginState.Refused, $"{file} does not match its SHA-256 in plugin.toml");
    }

    [Fact]
    public void Load_DependencyNotListed_IsRefused()
    {
        string manifest = Path.Combine(_disk.Add("MissingDependency"), "plugin.toml");
        File.WriteAllLines(manifest, File.ReadAllLines(manifest).Where(l => !l.Contains("Library.dll", StringComparison.Ordinal)));

        Expect("MissingDependency", PluginState.Refused, "Library.dll is not listed in plugin.toml");
    }

    [Theory]
    [InlineData("id = \"x\"\n", "plugin.toml has no 'entry'")]
    [InlineData("id = \"x\"\nentry = \"First.dll\"\n", "plugin.toml has no SHA-256 of the entry assembly 'First.dll'")]
    [InlineData("id = \"x\"\nentry = \"a.dll\"\n[sha256]\n\"a.dll\" = \"00\"\n\"../a.dll\" = \"00\"\n", "plugin.toml names '../a.dll', which is outside of the folder")]
    [InlineData("this is no toml", "plugin.toml:")]
    public void Load_BadManifest_IsRefused(string toml, string reason)
    {
        File.WriteAllText(Path.Combine(_disk.Add("First"), "plugin.toml"), toml);

        Expect(null, PluginState.Refused, reason);
    }

    [Fact]
    public void Load_FolderThatAnyoneMayWrite_IsRefusedWhenPrivileged()
    {
        if (!Environment.IsPrivilegedProcess || !OperatingSystem.IsLinux()) return;
        string folder = _disk.Add("First");
        File.SetUnixFileMode(folder, File.GetUnixFileMode(folder) | UnixFileMode.OtherWrite);

        Expect("First", PluginState.Refused, "every user may write to");
    }

    [Fact]
    public void Load_SearchPathMissing_IsOneRow()
    {
        string missing = Path.Combine(_disk.Root, "nowhere");

        using PluginCatalog catalog = _disk.Load(missing);

        PluginRecord record = Assert.Single(catalog.Records);
        Assert.Equal((PluginState.Refused, missing), (record.State, record.Path));
        Assert.Contains("does not exist", record.Reason);
    }

    private string Folder(string name) => Directory.CreateDirectory(Path.Combine(_disk.Root, name)).FullName;

    private string AddWithoutManifest(string plugin)
    {
        string folder = _disk.Add(plugin);
        File.Delete(Path.Combine(folder, "plugin.toml"));
        return folder;
    }

    /// <summary>Puts a good plugin last, loads all, and expects one line for the bad folder.</summary>
    private PluginRecord Expect(string? id, PluginState state, string reason)
    {
        _disk.Add("Second", folder: "zzz");

        using PluginCatalog catalog = _disk.Load();

        Assert.Equal(2, catalog.Records.Count);
        PluginRecord bad = catalog.Records[0];
        Assert.Equal((state, id ?? bad.Id), (bad.State, bad.Id));
        Assert.Contains(reason, bad.Reason);
        Assert.Empty(bad.Tracers);
        (_, string line) = Assert.Single(_disk.Lines, l => l.Level >= LogLevel.Warning);
        Assert.Contains(bad.Path, line);
        Assert.Contains(bad.Reason!, line);
        Assert.DoesNotContain('\n', line);
        Assert.Equal("second", Assert.Single(catalog.Tracers).Name);
        return bad;
    }
}
