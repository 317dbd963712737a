using System.Globalization;
using System.Text.RegularExpressions;

namespace TargetCost;

/// <summary>A server, loaded by a program of Debian's: wrk or h2load, with four connections of one thread.</summary>
internal sealed partial class ServerWorkload : Workload
{
    private readonly Func<int, (string[] Command, Regex Counted)> _load;
    private readonly string? _payload;

    private ServerWorkload(string program, string[] arguments, Func<int, int, (string[], Regex)> load, string? payload = null)
    {
        StartTarget(program, arguments);
        int port = PortOf(Target);
        (_load, _payload) = (seconds => load(port, seconds), payload);
    }

    public static Workload Wrk(string program) => new ServerWorkload(program, ["-listen", "127.0.0.1:0"], (port, seconds) =>
        (["wrk", "-t1", "-c4", $"-d{seconds}s", $"http://127.0.0.1:{port}/hello"], WrkCounted()));

    public static Workload H2(string program) => new ServerWorkload(program, ["serve", "h2c"], (port, seconds) =>
        ([.. H2Load(seconds), $"http://127.0.0.1:{port}/hello"], H2Counted()));

    public static Workload Grpc(string program)
    {
        byte[] message = "{}"u8.ToArray();
        string payload = Path.GetTempFileName();
        // A message of gRPC: not compressed, length in four bytes (PROTOCOL-HTTP2.md of grpc, Length-Prefixed-Message).
        File.WriteAllBytes(payload, [0, 0, 0, 0, (byte)message.Length, .. message]);
        return new ServerWorkload(
            program, ["serve"],
            (port, seconds) =>
                ([.. H2Load(seconds), "-d", payload, "-H", "content-type: application/grpc", "-H", "te: trailers", $"http://127.0.0.1:{port}/calls.Calls/Unary"], H2Counted()),
            payload);
    }

    public override (long Calls, double Seconds) Load(int seconds)
    {
        (string[] command, Regex counted) = _load(seconds);
        using PinnedProcess load = new(Slice.LoadCore, command[0], command[1..]);
        Match count = load.WaitFor(counted);
        return (
            long.Parse(count.Groups["n"].Value, CultureInfo.InvariantCulture),
            count.Groups["s"] is { Success: true } time ? double.Parse(time.Value, CultureInfo.InvariantCulture) : seconds);
    }

    public override void Dispose()
    {
        base.Dispose();
        if (_payload is not null) File.Delete(_payload);
    }

    private static string[] H2Load(int seconds) => ["h2load", "-t1", "-c4", "-m8", $"-D{seconds}"];

    [GeneratedRegex(@"(?<n>\d+) requests in (?<s>[\d.]+)s")]
    private static partial Regex WrkCounted();

    [GeneratedRegex(@"requests: .*, (?<n>\d+) succeeded")]
    private static partial Regex H2Counted();
}
