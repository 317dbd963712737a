using System.Globalization;
using Beyla.Host.Configuration;
using Beyla.Host.Events;
using Beyla.Host.Export.Otlp.Wire;
using Beyla.Testing.Otlp;
using EndToEnd.Harness;

namespace Beyla.Host.Tests.Export.Otlp;

/// <summary>Collectors that fail in every way: each span arrives exactly once, or is counted with the reason.</summary>
public sealed class FaultyCollectorTests : IDisposable
{
    private static readonly TimeSpan AttemptTimeout = TimeSpan.FromHours(1);
    private readonly OtlpOracle? _oracle = OtlpOracle.Missing is null ? new OtlpOracle() : null;
    private readonly ManualTime _time = new();

    public static TheoryData<string> Protocols => ["http/protobuf", "http/json", "grpc"];

    public void Dispose() => _oracle?.Dispose();

    [OracleTheory, MemberData(nameof(Protocols))]
    public async Task Connection_ResetsBeforeTheAnswer_AreSentAgain(string protocol)
    {
        await using Collector collector = await Collector.StartAsync(_oracle!);
        collector.Next.Enqueue(Behaviours.ResetMidBody);
        collector.Next.Enqueue(Behaviours.ResetAfterBody);
        using Exporting exporting = new(Options(collector, protocol), _time, batch: 100);

        exporting.Write(100);
        await PauseAsync(1);
        await PauseAsync(1.5);
        await DeliveredOnceAsync(collector, exporting);
        Assert.Equal(3, collector.Exchanges.Count);
    }

    [OracleTheory, MemberData(nameof(Protocols))]
    public async Task Collector_Hangs_IsAskedAgainAfterTheTimeout(string protocol)
    {
        await using Collector collector = await Collector.StartAsync(_oracle!);
        collector.Next.Enqueue(Behaviours.Hang);
        using Exporting exporting = new(Options(collector, protocol, timeout: TimeSpan.FromSeconds(3)), _time, batch: 10);

        exporting.Write(10);
        await Eventually.TrueAsync(() => collector.Exchanges.Any(e => e.Content is not null), Eventually.Soon, () => "nothing came");
        _time.Advance(TimeSpan.FromSeconds(3));
        await PauseAsync(1);
        await DeliveredOnceAsync(collector, exporting);
    }

    [OracleTheory]
    [InlineData(429, "7", 7)]
    [InlineData(503, "7", 7)]
    [InlineData(503, null, 1)]
    [InlineData(502, null, 1)]
    [InlineData(504, null, 1)]
    public async Task Http_RetryableStatus_WaitsAsLongAsTheServerWants(int status, string? retryAfter, double seconds)
    {
        await using Collector collector = await Collector.StartAsync(_oracle!);
        collector.Next.Enqueue(Behaviours.Status(status, retryAfter));
        using Exporting exporting = new(Options(collector), _time, batch: 10);

        exporting.Write(10);
        await PauseAsync(seconds);
        await DeliveredOnceAsync(collector, exporting);
    }

    [OracleFact]
    public async Task Http_RetryAfterIsADate_WaitsUntilThen()
    {
        await using Collector collector = await Collector.StartAsync(_oracle!);
        collector.Next.Enqueue(Behaviours.Status(503, (_time.GetUtcNow() + TimeSpan.FromSeconds(9)).ToString("R", CultureInfo.InvariantCulture)));
        using Exporting exporting = new(Options(collector), _time, batch: 10);

        exporting.Write(10);
        await PauseAsync(9);
        await DeliveredOnceAsync(collector, exporting);
    }

    [OracleFact]
    public async Task Http_ServerWantsALongerPauseThanABatchMayWait_IsLeftAloneUntilThen()
    {
        await using Collector collector = await Collector.StartAsync(_oracle!);
        collector.Next.Enqueue(Behaviours.Status(429, "3600"));
        using Exporting exporting = new(Options(collector), _time, batch: 10);

        exporting.Write(20);
        await Eventually.TrueAsync(() => exporting.Lost.GetValueOrDefault(LossReason.Unavailable) == 20, Eventually.Soon, () => "the spans were not counted");
        Assert.Single(collector.Exchanges);
        _time.Advance(TimeSpan.FromSeconds(3600));
        exporting.Write(10);
        await Eventually.TrueAsync(() => collector.Spans.Count == 10, Eventually.Soon, () => "the third batch did not arrive");
    }

    [OracleTheory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(10)]
    [InlineData(11)]
    [InlineData(14)]
    [InlineData(15)]
    public async Task Grpc_RetryableCode_IsSentAgain(int code)
    {
        await using Collector collector = await Collector.StartAsync(_oracle!);
        collector.Next.Enqueue(Behaviours.GrpcStatus(code, "later, please"));
        using Exporting exporting = new(Options(collector, "grpc"), _time, batch: 10);

        exporting.Write(10);
        await PauseAsync(1);
        await DeliveredOnceAsync(collector, exporting);
    }

    [OracleTheory]
    [InlineData(8)]
    [InlineData(14)]
    public async Task Grpc_RetryInfo_WaitsAsLongAsItSays(int code)
    {
        await using Collector collector = await Collector.StartAsync(_oracle!);
        collector.Next.Enqueue(Behaviours.GrpcStatus(code, "full", RetryInfo(seconds: 6, nanoseconds: 500_000_000)));
        using Exporting exporting = new(Options(collector, "grpc"), _time, batch: 10);

        exporting.Write(10);
        await PauseAsync(6.5);
        await DeliveredOnceAsync(collector, exporting);
    }

    [OracleTheory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(12)]
    [InlineData(13)]
    [InlineData(16)]
    public async Task Grpc_OtherCode_IsDroppedAndCounted(int code)
    {
        await using Collector collector = await Collector.StartAsync(_oracle!);
        collector.Next.Enqueue(Behaviours.GrpcStatus(code, "100 % wrong"));
        await RefusedThenDeliveredAsync(collector, "grpc", "100 % wrong");
    }

    [OracleTheory]
    [InlineData(400, "http/protobuf")]
    [InlineData(400, "http/json")]
    [InlineData(401, "http/protobuf")]
    [InlineData(302, "http/protobuf")]
    [InlineData(404, "grpc")]
    [InlineData(413, "http/protobuf")]
    [InlineData(500, "http/protobuf")]
    public async Task Http_OtherStatus_IsDroppedAndCounted(int status, string protocol)
    {
        await using Collector collector = await Collector.StartAsync(_oracle!);
        collector.Next.Enqueue(Behaviours.Status(status));
        await RefusedThenDeliveredAsync(collector, protocol, $"HTTP {status}");
    }

    [OracleTheory, MemberData(nameof(Protocols))]
    public async Task PartialSuccess_RejectedSpans_AreCountedAndNotSentAgain(string protocol)
    {
        await using Collector collector = await Collector.StartAsync(_oracle!);
        collector.Next.Enqueue(Behaviours.PartialSuccess(3, "too old"));
        Exporting exporting = new(Options(collector, protocol), _time, batch: 10);

        exporting.Write(10).Dispose();
        Assert.Single(collector.Exchanges);
        Assert.Equal(new Dictionary<string, long> { [LossReason.Rejected] = 3 }, exporting.Lost);
        Assert.Contains(exporting.Log, l => l.Contains("takes 7 of 10 spans: too old", StringComparison.Ordinal));
    }

    [OracleTheory, MemberData(nameof(Protocols))]
    public async Task Answer_GarbageOrCutOff_IsASuccessAllTheSame(string protocol)
    {
        await using Collector collector = await Collector.StartAsync(_oracle!);
        collector.Next.Enqueue(Behaviours.Garbage);
        if (protocol != "grpc") collector.Next.Enqueue(Behaviours.CutAnswer); // the status of a gRPC call comes last
        using Exporting exporting = new(Options(collector, protocol), _time, batch: 10);

        exporting.Write(20);
        await DeliveredOnceAsync(collector, exporting);
        Assert.Equal(2, collector.Exchanges.Count);
    }

    [OracleTheory, MemberData(nameof(Protocols))]
    public async Task Collector_ReadsSlowly_GetsEverythingOnce(string protocol)
    {
        await using Collector collector = await Collector.StartAsync(_oracle!);
        collector.Next.Enqueue(Behaviours.SlowRead);
        using Exporting exporting = new(Options(collector, protocol), _time);

        exporting.Write(2 * 512);
        await DeliveredOnceAsync(collector, exporting);
    }

    [OracleFact]
    public async Task Server_SpeaksSomethingElse_IsSentAgainAndCountedInTheEnd()
    {
        await using NotHttpServer server = new();
        using Exporting exporting = new(new OtlpOptions { Endpoint = server.Endpoint, Timeout = AttemptTimeout }, _time, batch: 10, export: TimeSpan.FromSeconds(2));

        exporting.Write(10);
        await PauseAsync(1);
        await Eventually.TrueAsync(() => exporting.Lost.GetValueOrDefault(LossReason.Unavailable) == 10, Eventually.Soon, () => "the spans were not counted");
    }

    [OracleFact]
    public async Task Outage_TenMinutes_CostsSpansButNeitherOrderNorMemory()
    {
        int port = LoopbackPort.Free();
        Exporting exporting = new(new OtlpOptions { Endpoint = $"http://127.0.0.1:{port}/v1/traces", Timeout = AttemptTimeout }, _time, queue: 40, batch: 10);
        TimeSpan begin = _time.GetUtcNow().TimeOfDay;
        for (TimeSpan gone = default; gone < TimeSpan.FromMinutes(10);)
        {
            exporting.Write(10);
            gone += await NextPauseAsync();
        }
        await using (Collector collector = await Collector.StartAsync(_oracle!))
        {
            // The agent keeps its endpoint; the collector comes back behind a relay on the port that refused.
            await using Relay relay = new(port, new Uri(collector.HttpEndpoint).Port);
            await Eventually.TrueAsync(
                () =>
                {
                    if (_time.NextBelow(TimeSpan.FromMinutes(1)) is { } pause) _time.Advance(pause);
                    return collector.Spans.Count > 0 && collector.Spans.Count + exporting.Lost.Values.Sum() == exporting.Written;
                }, Eventually.Soon, () => $"{collector.Spans.Count} arrived and {exporting.Lost.Values.Sum()} were counted of {exporting.Written}");
            exporting.Dispose();

            ulong[] arrived = [.. collector.Spans.Select(s => Exporting.NumberOf(s["spanId"]!.GetValue<string>()))];
            Assert.Equal(arrived.Order().Distinct(), arrived);
            Assert.InRange(arrived.Length, 1, 40);
            Assert.Equal(2, exporting.Log.Count(l => !l.Contains("Connection refused", StringComparison.Ordinal) || l.Contains("tried again", StringComparison.Ordinal)));
        }
        Assert.All(exporting.Lost.Keys, reason => Assert.Contains(reason, new[] { LossReason.QueueFull, LossReason.Unavailable }));
    }

    [OracleFact]
    public async Task Queue_Full_CountsWhatHasNoRoom()
    {
        await using Collector collector = await Collector.StartAsync(_oracle!);
        collector.Next.Enqueue(Behaviours.Status(503, "5"));
        using Exporting exporting = new(Options(collector), _time, queue: 30, batch: 10);

        exporting.Write(100);
        Assert.Equal(70, exporting.Lost[LossReason.QueueFull]);
        await PauseAsync(5);
        await Eventually.TrueAsync(() => collector.Spans.Count == 30, Eventually.Soon, () => $"{collector.Spans.Count} of 30 arrived");
    }

    [OracleFact]
    public async Task Shutdown_CollectorHangs_EndsSoonAndCountsTheRest()
    {
        await using Collector collector = await Collector.StartAsync(_oracle!);
        for (int i = 0; i < 10; i++) collector.Next.Enqueue(Behaviours.Hang);
        Exporting exporting = new(Options(collector), batch: 10, flush: TimeSpan.FromMilliseconds(500));

        exporting.Write(35);
        await Task.Run(exporting.Dispose).WaitAsync(Eventually.Soon);
        Assert.Equal(new Dictionary<string, long> { [LossReason.Shutdown] = 35 }, exporting.Lost);
    }

    [OracleFact]
    public async Task Shutdown_CollectorIsWell_GetsTheIncompleteBatch()
    {
        await using Collector collector = await Collector.StartAsync(_oracle!);
        Exporting exporting = new(Options(collector), batch: 512);

        exporting.Write(35).Dispose();
        Assert.Equal(35, collector.Spans.Count);
        Assert.Empty(exporting.Lost);
    }

    [OracleFact]
    public async Task Flush_IncompleteBatch_GoesWhenItsTimeHasCome()
    {
        await using Collector collector = await Collector.StartAsync(_oracle!);
        using Exporting exporting = new(Options(collector), _time);

        exporting.Write(3).Exporter.Flush();
        _time.Advance(TimeSpan.FromSeconds(4.9));
        exporting.Write(1).Exporter.Flush();
        Assert.Empty(collector.Exchanges);
        _time.Advance(TimeSpan.FromSeconds(0.1));
        exporting.Exporter.Flush();
        await DeliveredOnceAsync(collector, exporting);
        Assert.Single(collector.Exchanges);
    }

    [OracleFact]
    public async Task Flush_SenderIsBusy_LetsMoreSpansJoin()
    {
        await using Collector collector = await Collector.StartAsync(_oracle!);
        collector.Next.Enqueue(Behaviours.Status(503, "20"));
        using Exporting exporting = new(Options(collector), _time);

        WriteAndFlush();
        await Eventually.TrueAsync(() => _time.NextBelow(TimeSpan.FromMinutes(1)) is not null, Eventually.Soon, () => "the sender does not pause");
        for (int i = 0; i < 3; i++) WriteAndFlush();
        _time.Advance(TimeSpan.FromSeconds(5));
        await Eventually.TrueAsync(() => exporting.Sender.IsIdle, Eventually.Soon, () => "the first batch is not delivered");
        exporting.Exporter.Flush();
        await DeliveredOnceAsync(collector, exporting);
        Assert.Equal([1, 3], collector.Accepted.Select(e => OtlpOracle.Spans(e.Content!).Count()));

        void WriteAndFlush()
        {
            exporting.Write(1);
            _time.Advance(TimeSpan.FromSeconds(5));
            exporting.Exporter.Flush();
        }
    }

    private static OtlpOptions Options(Collector collector, string protocol = "http/protobuf", TimeSpan? timeout = null) => new()
    {
        Endpoint = protocol == "grpc" ? collector.GrpcEndpoint : collector.HttpEndpoint + "/v1/traces",
        Protocol = OtlpProtocols.All.First(p => p.Word == protocol).Value,
        Timeout = timeout ?? AttemptTimeout,
    };

    /// <summary>Waits until the sender pauses for exactly this time, and lets it pass.</summary>
    private async Task PauseAsync(double seconds) => Assert.Equal(TimeSpan.FromSeconds(seconds), await NextPauseAsync());

    private async Task<TimeSpan> NextPauseAsync()
    {
        TimeSpan? pause = null;
        await Eventually.TrueAsync(() => (pause = _time.NextBelow(TimeSpan.FromMinutes(2))) is not null, Eventually.Soon, () => "the sender does not pause");
        _time.Advance(pause!.Value);
        return pause.Value;
    }

    private static async Task DeliveredOnceAsync(Collector collector, Exporting exporting)
    {
        await Eventually.TrueAsync(() => collector.Spans.Count >= exporting.Written, Eventually.Soon, () => $"{collector.Spans.Count} of {exporting.Written} arrived");
        exporting.Dispose(); // nothing may come after that
        Assert.Equal(
            Enumerable.Range(1, (int)exporting.Written).Select(i => (ulong)i),
            collector.Spans.Select(s => Exporting.NumberOf(s["spanId"]!.GetValue<string>())));
        Assert.Empty(exporting.Lost);
    }

    private async Task RefusedThenDeliveredAsync(Collector collector, string protocol, string reason)
    {
        Exporting exporting = new(Options(collector, protocol), _time, batch: 10);
        exporting.Write(20).Dispose();
        Assert.Equal(2, collector.Exchanges.Count);
        Assert.Equal(Enumerable.Range(11, 10).Select(i => (ulong)i), collector.Spans.Select(s => Exporting.NumberOf(s["spanId"]!.GetValue<string>())));
        Assert.Equal(new Dictionary<string, long> { [LossReason.Refused] = 10 }, exporting.Lost);
        Assert.Contains(exporting.Log, l => l.Contains("refuses 10 spans", StringComparison.Ordinal) && l.Contains(reason, StringComparison.Ordinal));
    }

    /// <summary>A google.rpc.Status with a RetryInfo (google/rpc/error_details.proto).</summary>
    private static byte[] RetryInfo(int seconds, int nanoseconds)
    {
        ProtobufWriter status = new();
        status.Varint(1, 8);
        int any = status.Open(3);
        status.Text(1, "type.googleapis.com/google.rpc.RetryInfo");
        int info = status.Open(2);
        int duration = status.Open(1);
        status.Varint(1, (ulong)seconds);
        status.Varint(2, (ulong)nanoseconds);
        status.Close(duration);
        status.Close(info);
        status.Close(any);
        return status.Written.ToArray();
    }
}
