using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace TargetCost;

/// <summary>A target that makes calls itself: each stretch of load is one command on its stdin, answered by one line.</summary>
internal sealed partial class CommandWorkload : Workload
{
    private readonly string _command;
    private readonly PinnedProcess? _server;
    private int _answered;
    private double _perSecond = 2000;   // a guess that the first stretch replaces

    private CommandWorkload(string program, string[] arguments, string command, PinnedProcess? server)
    {
        (_command, _server) = (command, server);
        StartTarget(program, arguments);
        Target.WaitFor(Ready());
    }

    public static Workload Sql(string program) => new CommandWorkload(
        program, ["sqlite3", "file::memory:?cache=shared"], """{"do":"query","sql":"SELECT 1 AS n, 'two' AS t","count":COUNT}""", server: null);

    public static Workload H2Client(string program)
    {
        PinnedProcess server = new(Slice.LoadCore, program, "serve", "tls");
        return new CommandWorkload(
            program, ["call", "tls"],
            $$"""{"url":"https://127.0.0.1:{{PortOf(server)}}/hello","count":COUNT,"concurrency":4}""", server);
    }

    public static Workload GrpcClient(string program)
    {
        PinnedProcess server = new(Slice.LoadCore, program, "serve");
        return new CommandWorkload(
            program, ["call", "-address", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{PortOf(server)}")],
            """{"kind":"unary","count":COUNT,"concurrency":4}""", server);
    }

    public override (long Calls, double Seconds) Load(int seconds)
    {
        int count = Math.Max(1000, (int)(_perSecond * seconds));
        long start = Stopwatch.GetTimestamp();
        Target.Say(_command.Replace("COUNT", count.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal));
        Match answer = Target.WaitFor(Answer(), ++_answered);
        if (Failed().Match(answer.Value) is { Success: true } failure)
            throw new InvalidOperationException($"a call of the workload failed: {failure.Value}");
        double time = Stopwatch.GetElapsedTime(start).TotalSeconds;
        _perSecond = count / time;
        return (count, time);
    }

    public override void Dispose()
    {
        base.Dispose();
        _server?.Dispose();
    }

    [GeneratedRegex("^ready$")]
    private static partial Regex Ready();

    [GeneratedRegex(@"^[\[{].*$")]
    private static partial Regex Answer();

    [GeneratedRegex("\"error\":\"[^\"]*\"")]
    private static partial Regex Failed();
}
