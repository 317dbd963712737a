using System.Diagnostics;

namespace Beyla.Elf.Tests.Go;

/// <summary>Stripped programs that nobody here built: Debian's servers, and npm's esbuild from Go 1.16 on.</summary>
public class RealProgramTests
{
    /// <summary>Of net/http's structs, whose public part did not change from Go 1.8 on (read off DWARF).</summary>
    private static readonly Dictionary<string, int> KnownOffsets = new()
    {
        ["net/http.Request.Method"] = 0, ["net/http.Request.URL"] = 16, ["net/http.Request.Host"] = 128,
        ["net/http.Request.RemoteAddr"] = 176, ["net/http.Request.RequestURI"] = 192, ["net/http.Request.TLS"] = 208,
        ["net/http.Response.StatusCode"] = 16, ["net/url.URL.Scheme"] = 0, ["net/url.URL.Host"] = 40, ["net/url.URL.Path"] = 56,
    };

    public static TheoryData<string> Esbuilds => [.. Folders("esbuild")];

    public static TheoryData<string> Servers => [.. FetchedServers];

    /// <summary>All that tests/targets/fetch.sh has fetched, by path from the repository's root.</summary>
    public static TheoryData<string> Fetched =>
    [
        .. FetchedServers,
        .. Folders("esbuild").Select(release => Path.Combine("artifacts", "targets", "esbuild", release, "esbuild")),
    ];

    private static IEnumerable<string> FetchedServers =>
        from suite in (string[])["bookworm", "trixie", "sid"]
        from program in (string[])["prometheus", "etcd", "caddy"]
        let path = Path.Combine("artifacts", "targets", suite, program)
        where File.Exists(Path.Combine(Repository.Root, path))
        select path;

    [TheoryNeeds(Needs.Esbuild), MemberData(nameof(Esbuilds))]
    public void Esbuild_OfEveryGo_GivesAllThatATracerAsksFor(string release)
    {
        using ElfFile elf = ElfFile.Open(Path.Combine(Repository.Targets, "esbuild", release, "esbuild"));

        GoBinary go = Check(elf);

        Assert.Equal(
            release switch { "0.9.7" => 16, "0.13.15" => 17, "0.14.50" => 18, "0.16.17" => 19, "0.18.20" => 20, "0.25.0" => 23, "0.28.2" => 26, _ => go.Minor },
            go.Minor);
        if (release == "0.28.2")
            Assert.Null(go.Version);                             // its build info was wiped
        else
            Assert.Contains("github.com/evanw/esbuild", go.Modules.Keys);
    }

    [TheoryNeeds(Needs.Esbuild)]
    [InlineData("0.9.7", 16)]
    [InlineData("0.13.15", 17)]
    [InlineData("0.14.50", 18)]
    [InlineData("0.16.17", 19)]
    [InlineData("0.18.20", 20)]
    public void Minor_WithoutBuildInfo_IsReadOffTheLayout(string release, int minor)
    {
        string path = Path.Combine(Repository.Targets, "esbuild", release, "esbuild");
        using ElfFile elf = ElfFile.Open(path);
        using TemporaryFile wiped = GoFieldTests.BuildInfoWiped(path);
        using ElfFile anonymous = ElfFile.Open(wiped.Path);
        GoBinary go = GoBinary.TryRead(anonymous)!;

        Assert.Equal((null, minor), (go.Version, go.Minor));
        Assert.Equal(NetHttp.Offsets(GoBinary.TryRead(elf)!), NetHttp.Offsets(go));
    }

    [TheoryNeeds(Needs.Fetched), MemberData(nameof(Servers))]
    public void DebiansServers_GiveAllThatATracerAsksFor(string path)
    {
        using ElfFile elf = ElfFile.Open(Path.Combine(Repository.Root, path));

        GoBinary go = Check(elf);

        Assert.StartsWith("go1.", go.Version);
        Assert.NotNull(go.FindItab("*net.TCPConn", "net.Conn"));
        Assert.Equal(NetHttp.Functions.Count, go.FindFunctions(NetHttp.Functions).Count);
    }

    [FactNeeds(Needs.Fetched)]
    public void Prometheus_ReadWhole_AllocatesFarLessThanTheFile()
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        Stopwatch time = Stopwatch.StartNew();
        using ElfFile elf = ElfFile.Open(Path.Combine(Repository.Targets, "bookworm", "prometheus"));
        Check(elf);

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated < elf.Length * 3 / 4, $"{allocated >> 20} MiB for a file of {elf.Length >> 20} MiB");
        Assert.True(time.Elapsed < TimeSpan.FromSeconds(10), $"it took {time.Elapsed}");    // 0.1 s in Release on an idle machine
    }

    private static GoBinary Check(ElfFile elf)
    {
        GoBinary go = GoBinary.TryRead(elf)!;
        string offsets = NetHttp.Offsets(go);
        Assert.DoesNotContain("= ", offsets + " ");
        foreach ((string field, int offset) in KnownOffsets)
            Assert.Contains($"{field}={offset} ", offsets + " ");
        ulong itab = go.FindItab(NetHttp.Response, NetHttp.ResponseWriter)!.Value;
        Assert.Equal(go.FindType(NetHttp.Response), elf.Memory.ReadUInt64(itab + 8));
        IReadOnlyDictionary<string, GoFunction> functions = go.FindFunctions(NetHttp.Functions);
        Assert.Contains("net/http.serverHandler.ServeHTTP", functions.Keys);
        Assert.All(functions.Values, f => Assert.Equal(f.Name, go.FunctionNameAt(f.Address)));
        return go;
    }

    private static IEnumerable<string> Folders(string name)
    {
        string folder = Path.Combine(Repository.Targets, name);
        return Directory.Exists(folder) ? Directory.GetDirectories(folder).Select(d => Path.GetFileName(d)) : [];
    }
}
