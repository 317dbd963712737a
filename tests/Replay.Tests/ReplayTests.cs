using System.Runtime.CompilerServices;
using Beyla;
using Beyla.Plugins.GoSql;
using Beyla.Plugins.Grpc;
using Beyla.Plugins.NetHttp;
using Beyla.Testing;

namespace Replay.Tests;

/// <summary>
/// Records that real probes wrote (record.sh makes the files), decoded once more: the spans must be those that were approved. Needs neither
/// privileges nor targets. BEYLA_APPROVE=1 rewrites the approved files.
/// </summary>
public sealed class ReplayTests
{
    private static readonly ITracer[] Tracers = [new NetHttpTracer(), new GrpcTracer(), new GoSqlTracer()];

    private static string Recordings { get; } = Path.Combine(SourceFolder(), "Recordings");

    public static TheoryData<string> Files() => [.. Directory.GetFiles(Recordings, "*.events").Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    [Theory, MemberData(nameof(Files))]
    public void Decode_RecordedEvents_GivesTheApprovedSpans(string file)
    {
        Assert.Null(GoldenSpans.Difference(Path.Combine(Recordings, file), Tracers));
    }

    [Fact]
    public void Recordings_OfEveryTracer_Exist() =>
        Assert.All(Tracers, t => Assert.Contains(Directory.GetFiles(Recordings, "*.events"), f => RecordedEvents.Read(f, t.Name).Count > 0));

    private static string SourceFolder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
