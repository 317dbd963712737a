using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using Beyla.Host.Configuration;
using Beyla.Host.Spans;
using Beyla.Host.Spans.Sampling;

namespace Beyla.Host.Tests.Spans;

public sealed class TraceSamplerTests
{
    private const EventFlags Remote = EventFlags.RemoteParent, Sampled = EventFlags.Sampled;

    private static bool Samples(string name, double argument, EventFlags flags, TraceId trace) =>
        new TraceSampler(new SamplerOptions { Name = Enum.Parse<SamplerName>(name, ignoreCase: true), Argument = argument })
            .Samples(SpanBuilder.Empty(flags: flags, trace: trace));

    /// <summary>What the SDK for Go 1.28 decides for these ids (sdk/trace, TraceIDRatioBased): the last eight bytes count, the lowest bit does not.</summary>
    [Theory]
    [InlineData("00000000000000000000000000000000", 0.000001, true)]
    [InlineData("ffffffffffffffff0000000000000000", 0.000001, true)]
    [InlineData("0000000000000000ffffffffffffffff", 0.999999, false)]
    [InlineData("00000000000000007fffffffffffffff", 0.5, true)]
    [InlineData("00000000000000008000000000000000", 0.5, false)]
    [InlineData("00000000000000003fffffffffffffff", 0.25, true)]
    [InlineData("00000000000000004000000000000000", 0.25, false)]
    [InlineData("0000000000000000ffffffffffffffff", 1, true)]
    [InlineData("00000000000000000000000000000000", 0, false)]
    public void TraceIdRatio_KnownIds_AreDecidedByTheLastEightBytes(string id, double ratio, bool expected)
    {
        Assert.Equal(expected, Samples("TraceIdRatio", ratio, EventFlags.None, Parse(id)));
        Assert.Equal(expected, Samples("ParentBasedTraceIdRatio", ratio, EventFlags.None, Parse(id)));
    }

    [Theory]
    [InlineData("AlwaysOn", true, true, true)]
    [InlineData("AlwaysOff", false, false, false)]
    [InlineData("TraceIdRatio", false, false, false)]
    [InlineData("ParentBasedAlwaysOn", true, true, false)]
    [InlineData("ParentBasedAlwaysOff", false, true, false)]
    [InlineData("ParentBasedTraceIdRatio", false, true, false)]
    public void Sampler_RootAndParents_FollowTheSpecification(string name, bool root, bool sampledParent, bool otherParent)
    {
        TraceId trace = Parse("0000000000000000ffffffffffffffff"); // out, by a ratio of one half
        Assert.Equal(root, Samples(name, 0.5, EventFlags.None, trace));
        Assert.Equal(sampledParent, Samples(name, 0.5, Remote | Sampled, trace));
        Assert.Equal(otherParent, Samples(name, 0.5, Remote, trace));
        // A call for a request that began its trace here: flagged as sampled on the BPF side, which knows no sampler.
        Assert.Equal(root, Samples(name, 0.5, Sampled, trace));
    }

    [Fact]
    public void TraceIdRatio_FreshIds_AreSampledInThatProportion()
    {
        IdGenerator ids = new();
        TraceSampler sampler = new(new SamplerOptions { Name = SamplerName.TraceIdRatio, Argument = 0.1 });
        int sampled = Enumerable.Range(0, 100_000).Count(_ => sampler.Samples(SpanBuilder.Empty(trace: ids.NewTraceId())));
        Assert.InRange(sampled, 9_000, 11_000);
    }

    private static TraceId Parse(string hex)
    {
        UInt128 number = UInt128.Parse(hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, number);
        return MemoryMarshal.Read<TraceId>(bytes);
    }
}
