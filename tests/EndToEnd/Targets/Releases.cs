namespace EndToEnd.Targets;

/// <summary>What tests/targets/fetch.sh prepares.</summary>
public static class Releases
{
    private static readonly string[] s_suites = ["bookworm", "trixie", "sid"];
    private static readonly string[] s_suiteBuilds = ["bookworm-1.19", "trixie-1.24", "sid-1.27"];
    private static readonly Release s_dbmate = new("dbmate", "2.36.0", "dbmate/2.36.0/dbmate");
    private static readonly string[] s_standardBuilds = ["std-1.21", "std-1.22", "std-1.23", "std-1.26"];

    /// <summary>Debian's PostgreSQL. Before the lists, which use it.</summary>
    internal static Release Postgres { get; } = new("postgresql", "15", "databases/postgresql/usr/lib/postgresql/15/bin/postgres");

    /// <summary>Debian's MariaDB.</summary>
    internal static Release MariaDb { get; } = new("mariadb", "10.11", "databases/mariadb/usr/sbin/mariadbd");

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

    /// <summary>tests/targets/deepserve with the oldest and the newest Go of Debian.</summary>
    public static TheoryData<Release> DeepServe { get; } = [Built("deepserve", "1.19"), Built("deepserve", "1.27")];

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

    /// <summary>Debian's etcdctl of each suite, with the suite's etcd.</summary>
    public static TheoryData<Release, Release> Etcdctl { get; } = WithEach<Release>(s_suites.Select(s => Debian("etcdctl", s)), r => [Debian("etcd", r.Build)]);

    /// <summary>npm's dbmate, built with Go 1.27, with its drivers (lib/pq, go-sql-driver/mysql, mattn's sqlite3) and the database that each needs.</summary>
    public static TheoryData<Release, string, Release> Dbmate { get; } = new()
    {
        { s_dbmate, "pq", Postgres }, { s_dbmate, "mysql", MariaDb }, { s_dbmate, "sqlite3", s_dbmate },
    };

    /// <summary>npm's buf, built with Go 1.27: HTTP/2 client; with an etcd to call.</summary>
    public static TheoryData<Release, Release> Buf { get; } = WithEach<Release>([new Release("buf", "1.75.0", "buf/1.75.0/buf")], _ => [Debian("etcd", "trixie")]);

    /// <summary>tests/targets/grpc with the libraries and the Go of each suite.</summary>
    public static TheoryData<Release> Grpc { get; } = [.. s_suiteBuilds.Select(b => Built("grpc", b))];

    /// <summary>The same without the caller.</summary>
    public static TheoryData<Release> GrpcServerOnly { get; } = [.. s_suiteBuilds.Select(b => Built("grpc", b + "-server"))];

    /// <summary>The same without the server.</summary>
    public static TheoryData<Release> GrpcClientOnly { get; } = [.. s_suiteBuilds.Select(b => Built("grpc", b + "-client"))];

    /// <summary>tests/targets/h2 with the libraries of each suite, and without libraries for the Go releases between; each with its modes.</summary>
    public static TheoryData<Release, string> H2 { get; } = WithEach(s_suiteBuilds.Concat(s_standardBuilds).Select(b => Built("h2", b)), H2Target.ModesOf);

    /// <summary>tests/targets/h2 on stacks that grow in the library.</summary>
    public static TheoryData<Release, string> H2Deep { get; } = WithEach<string>(s_suiteBuilds.Select(b => Built("h2", b)), _ => ["x-deep"]);

    /// <summary>tests/targets/sql with its drivers, and the database that each needs (for sqlite the program itself).</summary>
    public static TheoryData<Release, string, Release> Sql { get; } = SqlDrivers();

    /// <summary>tests/targets/routes with the libraries of each suite, and without libraries for the Go releases between.</summary>
    public static TheoryData<Release> Routes { get; } = [.. s_suiteBuilds.Concat(s_standardBuilds).Select(b => Built("routes", b))];

    /// <summary>tests/targets/chain with the libraries of each suite.</summary>
    public static TheoryData<Release> Chain { get; } = [.. s_suiteBuilds.Select(b => Built("chain", b))];

    /// <summary>The oldest, where parents of goroutines are probed, and the newest, where Go keeps them.</summary>
    public static TheoryData<Release> ChainOldestAndNewest { get; } = [Built("chain", "bookworm-1.19"), Built("chain", "sid-1.27")];

    /// <summary>The row with this build.</summary>
    internal static Release Of(this TheoryData<Release> releases, string build) =>
        ((IEnumerable<object[]>)releases).Select(row => (Release)row[0]).Single(r => r.Build == build);

    private static TheoryData<Release, T> WithEach<T>(IEnumerable<Release> releases, Func<Release, IEnumerable<T>> variants)
    {
        TheoryData<Release, T> data = [];
        foreach (Release release in releases)
            foreach (T variant in variants(release)) data.Add(release, variant);
        return data;
    }

    private static TheoryData<Release, string, Release> SqlDrivers()
    {
        TheoryData<Release, string, Release> data = [];
        foreach (string build in s_suiteBuilds)
        {
            foreach (string driver in new[] { "pq", "pgx4", "pgx4-conn", "pgx4-pool" }) data.Add(Built("sql", build), driver, Postgres);
            data.Add(Built("sql", build), "mysql", MariaDb);
            data.Add(Built("sql", build + "-sqlite3"), "sqlite3", Built("sql", build + "-sqlite3"));
        }
        // Only sid ships these.
        foreach (string driver in new[] { "pgx5", "pgx5-conn", "pgx5-pool" }) data.Add(Built("sql", "sid-1.27-pgx5"), driver, Postgres);
        data.Add(Built("sql", "sid-1.27-modernc"), "modernc", Built("sql", "sid-1.27-modernc"));
        return data;
    }

    private static Release Debian(string program, string suite) => new(program, suite, $"{suite}/{program}");

    private static Release Built(string target, string build) => new(target, build, $"{target}/{build}/{target}");

    private static Release EsbuildOf(string version) => new("esbuild", version, $"esbuild/{version}/esbuild");

    private static Release HttpBuild(string go, string kind) => new("http", $"{go}-{kind}", $"http/{go}-{kind}/http");
}
