using System.Collections.Concurrent;

namespace Beyla.Elf.Tests.Go;

/// <summary>How a test program is linked.</summary>
public enum BuildKind
{
    Plain,
    Stripped,
    Pie,
    PieExternal,
    Arm64,
    Arm64Pie,
}

/// <summary>The Go programs beside this project, built by the toolchains of this machine. Go's build cache makes later runs quick.</summary>
internal static class GoProgram
{
    private static readonly ConcurrentDictionary<(string, string, BuildKind, string), Lazy<string>> Built = new();

    /// <summary>
    /// Builds for the matrix: every toolchain plain and stripped; the oldest and the newest also position-independent, for which the standard
    /// library is compiled anew (20 s each). BEYLA_TEST_ALL_BUILDS=1 adds the rest.
    /// </summary>
    public static IEnumerable<(GoToolchain Toolchain, BuildKind Kind)> Matrix
    {
        get
        {
            bool all = Environment.GetEnvironmentVariable("BEYLA_TEST_ALL_BUILDS") == "1";
            IReadOnlyList<GoToolchain> toolchains = GoToolchain.All;
            return from toolchain in toolchains
                   from kind in Enum.GetValues<BuildKind>()
                   where kind <= BuildKind.PieExternal
                   where all || kind <= BuildKind.Stripped || toolchain == toolchains[0] || toolchain == toolchains[^1]
                   select (toolchain, kind);
        }
    }

    /// <summary>Path of the program, built if need be; <paramref name="experiment"/> is a GOEXPERIMENT.</summary>
    public static string Build(string program, GoToolchain toolchain, BuildKind kind, string experiment = "") =>
        Built.GetOrAdd((program, toolchain.Version, kind, experiment), _ => new(() => Run(program, toolchain, kind, experiment))).Value;

    private static string Run(string program, GoToolchain toolchain, BuildKind kind, string experiment)
    {
        string output = Path.Combine(Repository.Root, "artifacts", "tests", "elf", $"{program}-{toolchain.Version}-{kind}{experiment}");
        Dictionary<string, string> environment = new()
        {
            ["GO111MODULE"] = "off",
            ["GOTOOLCHAIN"] = "local",
            ["GOFLAGS"] = "",
            ["GOEXPERIMENT"] = experiment,
            ["CGO_ENABLED"] = kind == BuildKind.PieExternal ? "1" : "0",
            ["GOARCH"] = kind >= BuildKind.Arm64 ? "arm64" : "amd64",
            ["GOCACHE"] = Path.Combine(Repository.Targets, ".gocache"),
        };
        if (toolchain.Root is not null)
            environment["GOROOT"] = toolchain.Root;
        string[] flags = kind switch
        {
            BuildKind.Stripped => ["-ldflags", "-s -w"],
            BuildKind.Pie => ["-buildmode=pie"],
            BuildKind.Arm64Pie => ["-buildmode=pie", "-ldflags", "-s -w"],
            BuildKind.PieExternal => ["-buildmode=pie", "-ldflags", "-linkmode=external"],
            _ => [],
        };
        string source = Path.Combine(Repository.TestProject, "Programs", program, "main.go");
        Command.Run(toolchain.Command, ["build", "-trimpath", .. flags, "-o", output, source], environment);
        return output;
    }
}
