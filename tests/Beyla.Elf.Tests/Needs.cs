namespace Beyla.Elf.Tests;

/// <summary>Programs of the machine that a test runs or reads. Missing ones skip the test, except where BEYLA_REQUIRE_BPF=1 asks for all.</summary>
internal static class Needs
{
    public const string Go = "/usr/bin/go";
    public const string Esbuild = "esbuild";

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
