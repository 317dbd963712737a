namespace Beyla.Elf.Tests.Sites.Programs;

/// <summary>The Go toolchains of this machine: Debian's own, and those that tests/targets/fetch.sh unpacked.</summary>
internal static class GoToolchain
{
    /// <summary>Versions that differ in how they make prologues, write barriers and defers; null stands for Debian's own.</summary>
    private static readonly string?[] Wanted = [null, "1.21", "1.27"];

    public static IEnumerable<string> Available => Wanted.Where(v => File.Exists(Compiler(v))).Select(v => v ?? "debian");

    /// <summary>Builds tests/Beyla.Elf.Tests/Sites/Programs/shapes, once; gives the path.</summary>
    public static string BuildShapes(string version)
    {
        string compiler = Compiler(version == "debian" ? null : version);
        string folder = Path.Combine(Repository.Artifacts, "sites");
        string output = Path.Combine(folder, $"shapes-{version}");
        string source = Path.Combine(Repository.Root, "tests/Beyla.Elf.Tests/Sites/Programs/shapes/shapes.go");
        if (File.Exists(output) && File.GetLastWriteTimeUtc(output) > File.GetLastWriteTimeUtc(source))
            return output;

        Directory.CreateDirectory(folder);
        string fresh = $"{output}.{Environment.ProcessId}";
        Command.Run(compiler, ["build", "-o", fresh, source], new()
        {
            ["GO111MODULE"] = "off",
            ["CGO_ENABLED"] = "0",
            ["GOFLAGS"] = "",
            ["GOTOOLCHAIN"] = "local",
            ["GOROOT"] = version == "debian" ? null : Path.GetDirectoryName(Path.GetDirectoryName(compiler)),
            ["GOCACHE"] = Path.Combine(folder, $"cache-{version}"),
        });
        File.Move(fresh, output, overwrite: true);
        return output;
    }

    private static string Compiler(string? version) =>
        version is null ? "/usr/bin/go" : Path.Combine(Repository.Artifacts, $"targets/go/usr/lib/go-{version}/bin/go");
}
