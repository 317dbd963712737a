namespace EndToEnd.Targets;

/// <summary>What tests/targets/fetch.sh prepares.</summary>
public static class Releases
{
    private static readonly string[] s_suites = ["bookworm", "trixie", "sid"];

    /// <summary>Debian's prometheus of each suite.</summary>
    public static TheoryData<Release> Prometheus { get; } = [.. s_suites.Select(s => Debian("prometheus", s))];

    /// <summary>Debian's etcd of each suite.</summary>
    public static TheoryData<Release> Etcd { get; } = [.. s_suites.Select(s => Debian("etcd", s))];

    /// <summary>Debian's caddy of each suite.</summary>
    public static TheoryData<Release> Caddy { get; } = [.. s_suites.Select(s => Debian("caddy", s))];

    /// <summary>npm's esbuild, built with Go 1.17, 1.18, 1.20 and 1.23, and with a newer one whose build info was wiped.</summary>
    public static TheoryData<Release> Esbuild { get; } = [.. new[] { "0.13.15", "0.14.50", "0.18.20", "0.25.0", "0.28.2" }.Select(EsbuildOf)];

    /// <summary>npm's esbuild, built with Go 1.16: arguments on the stack.</summary>
    public static TheoryData<Release> TooOld { get; } = [EsbuildOf("0.9.7")];

    /// <summary>tests/targets/http with each Go of Debian, and in every kind of build with the oldest and the newest.</summary>
    public static TheoryData<Release> Http { get; } =
    [
        .. new[] { "1.19", "1.21", "1.22", "1.23", "1.24", "1.26", "1.27" }.Select(go => HttpBuild(go, "plain")),
        .. new[] { "1.19", "1.27" }.SelectMany(go => new[] { "stripped", "pie", "pie-external" }, HttpBuild),
    ];

    /// <summary>tests/targets/http with the oldest and the newest Go of Debian.</summary>
    public static TheoryData<Release> OldestAndNewest { get; } = [HttpBuild("1.19", "plain"), HttpBuild("1.27", "plain")];

    /// <summary>All of them.</summary>
    public static TheoryData<Release> All { get; } = [.. new[] { Prometheus, Etcd, Caddy, Esbuild, Http }.SelectMany(d => (IEnumerable<object[]>)d).Select(row => (Release)row[0])];

    /// <summary>The build that suites on behaviour, not on Go versions, run with.</summary>
    public static TheoryData<Release> Typical { get; } = [TypicalHttp];

    /// <inheritdoc cref="Typical"/>
    internal static Release TypicalHttp => HttpBuild("1.24", "plain");

    /// <summary>The typical build with each of some variants.</summary>
    internal static TheoryData<Release, string> TypicalWith(params string[] variants)
    {
        TheoryData<Release, string> data = [];
        foreach (string variant in variants) data.Add(TypicalHttp, variant);
        return data;
    }

    private static Release Debian(string program, string suite) => new(program, suite, $"{suite}/{program}");

    private static Release EsbuildOf(string version) => new("esbuild", version, $"esbuild/{version}/esbuild");

    private static Release HttpBuild(string go, string kind) => new("http", $"{go}-{kind}", $"http/{go}-{kind}/http");
}
