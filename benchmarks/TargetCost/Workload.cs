using System.Globalization;
using System.Text.RegularExpressions;

namespace TargetCost;

/// <summary>A program under load: how it is started, how the agent finds it, and how one stretch of load is made.</summary>
internal abstract partial class Workload : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("target-cost-").FullName;

    /// <summary>Names of all workloads.</summary>
    public static IReadOnlyList<string> Names { get; } = ["http", "h2", "h2-client", "grpc", "grpc-client", "sql"];

    /// <summary>The program whose cost is measured; it has a core for itself.</summary>
    public PinnedProcess Target { get; private set; } = null!;

    /// <summary>Starts a workload.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="program">The built target of tests/targets that it needs.</param>
    public static Workload Start(string name, string program) => name switch
    {
        "http" => ServerWorkload.Wrk(program),
        "h2" => ServerWorkload.H2(program),
        "grpc" => ServerWorkload.Grpc(program),
        "h2-client" => CommandWorkload.H2Client(program),
        "grpc-client" => CommandWorkload.GrpcClient(program),
        "sql" => CommandWorkload.Sql(program),
        _ => throw new ArgumentException($"'{name}' is no workload; there are {string.Join(", ", Names)}"),
    };

    /// <summary>Flags that make the agent select the target and nothing else.</summary>
    public string[] Selection => ["--executable-name", "^" + Regex.Escape(_folder)];

    /// <summary>Loads the target for about so many seconds.</summary>
    /// <returns>Calls that were answered, and the seconds they took.</returns>
    public abstract (long Calls, double Seconds) Load(int seconds);

    public virtual void Dispose()
    {
        Target.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Starts the target from a copy of its own, so that its path tells it from everything else.</summary>
    protected void StartTarget(string program, params string[] arguments)
    {
        string copy = Path.Combine(_folder, Path.GetFileName(program));
        File.Copy(program, copy);
        Target = new PinnedProcess(Slice.ServerCore, copy, arguments);
    }

    /// <summary>The port that a server says it listens on.</summary>
    protected static int PortOf(PinnedProcess server) =>
        int.Parse(server.WaitFor(Listening()).Groups[1].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"listening on .*:(\d+)$")]
    private static partial Regex Listening();
}
