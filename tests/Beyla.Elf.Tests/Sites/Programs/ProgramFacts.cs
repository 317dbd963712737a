namespace Beyla.Elf.Tests.Sites.Programs;

/// <summary>A theory over Go toolchains; skipped where there is none, unless the run demands everything.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class GoToolchainTheoryAttribute : TheoryAttribute
{
    public GoToolchainTheoryAttribute()
    {
        if (!GoToolchain.Available.Any() && !Demanded)
            Skip = "no Go toolchain: /usr/bin/go is missing (Debian: golang-go), and artifacts/targets/go too";
    }

    public static bool Demanded => Environment.GetEnvironmentVariable("BEYLA_REQUIRE_BPF") == "1";
}

/// <summary>A fact about the HTTP test target; skipped where it was not fetched, unless the run demands everything.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class HttpTargetFactAttribute : FactAttribute
{
    public HttpTargetFactAttribute()
    {
        if (!HttpTargets.Any() && !GoToolchainTheoryAttribute.Demanded)
            Skip = "no artifacts/targets/http/*-plain/http: run tests/targets/fetch.sh http";
    }

    /// <summary>The target as each Go compiler built it, with symbols.</summary>
    public static IEnumerable<string> HttpTargets
    {
        get
        {
            string folder = Path.Combine(Repository.Artifacts, "targets/http");
            return Directory.Exists(folder)
                ? Directory.EnumerateDirectories(folder, "*-plain").Select(d => Path.Combine(d, "http")).Where(File.Exists).Order()
                : [];
        }
    }
}
