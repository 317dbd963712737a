using System.Runtime.CompilerServices;
using Beyla.Testing;

namespace LibPq.Tests;

/// <summary>Events that real probes wrote, decoded once more: no kernel, no privileges, no target. BEYLA_APPROVE=1 approves what comes out.</summary>
public sealed class ReplayTests
{
    private static string Recordings { get; } = Path.GetFullPath(Path.Combine(SourceFolder(), "..", "LibPq", "recordings"));

    public static TheoryData<string> Files() => [.. Directory.GetFiles(Recordings, "*.events").Select(f => Path.GetFileName(f))];

    [Theory, MemberData(nameof(Files))]
    public void Decode_RecordedEvents_GivesTheApprovedSpans(string file) =>
        Assert.Null(GoldenSpans.Difference(Path.Combine(Recordings, file), new LibPqTracer()));

    [Theory, MemberData(nameof(Files))]
    public void Decode_KnownRecords_AllocatesNothing(string file) =>
        Assert.Equal(0, DecodeAllocations.Measure(new LibPqTracer(), RecordedEvents.Read(Path.Combine(Recordings, file), "libpq")));

    private static string SourceFolder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
