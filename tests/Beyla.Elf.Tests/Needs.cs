namespace Beyla.Elf.Tests;

/// <summary>Programs of the machine that a test runs or reads. Missing ones skip the test, except where BEYLA_REQUIRE_BPF=1 asks for all.</summary>
internal static class Needs
{
    public const string Go = "/usr/bin/go";
    public const string Esbuild = "esbuild";

    /// <summary>Anything of <see cref="Tests.Go.RealProgramTests.Fetched"/>.</summary>
    public const string Fetched = "programs from tests/targets/fetch.sh";

    /// <summary>Go toolchains beside the machine's own.</summary>
    public const string FetchedToolchains = "Go toolchains from tests/targets/fetch.sh";

    /// <summary>Why a test cannot run here; <see langword="null"/> when it can, or must fail.</summary>
    public static string? Missing(string[] needs)
    {
        if (Environment.GetEnvironmentVariable("BEYLA_REQUIRE_BPF") == "1")
            return null;
        string[] missing = [.. needs.Where(n => !Exists(n))];
        return missing.Length == 0 ? null : $"not on this machine: {string.Join(", ", missing)}";
    }

    private static bool Exists(string need) => need switch
    {
        Esbuild => Directory.Exists(Path.Combine(Repository.Targets, Esbuild)),
        FetchedToolchains => Tests.Go.GoToolchain.All.Any(t => t.Version == "1.24"),
        Fetched => Tests.Go.RealProgramTests.Fetched.Count > 0,
        _ => File.Exists(need),
    };
}

/// <summary>A test that is skipped where files or programs are missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class FactNeedsAttribute : FactAttribute
{
    public FactNeedsAttribute(params string[] needs) => Skip = Needs.Missing(needs);
}

/// <summary>The same for tests with data.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class TheoryNeedsAttribute : TheoryAttribute
{
    public TheoryNeedsAttribute(params string[] needs) => Skip = Needs.Missing(needs);
}
