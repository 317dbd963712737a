using Beyla.Host.Plugins;
using Microsoft.Extensions.Logging;
using NSubstitute;

namespace Beyla.Host.Tests.Plugins;

public sealed class TracerFaultsTests : IDisposable
{
    private readonly RecordingLogs _logs = new();
    private readonly Clock _clock = new();

    public void Dispose() => _logs.Dispose();

    [Fact]
    public void Decode_ManyFaults_AreCountedAndLoggedOnceAMinute()
    {
        TracerFaults tracer = Decorate(new Broken());

        for (int i = 0; i < 100; i++) Decode(tracer);
        Assert.Single(_logs.Lines);
        _clock.Now += TimeSpan.FromSeconds(61);
        Decode(tracer);

        Assert.Equal((101, 101), (tracer.Counters.Events, tracer.Counters.Faults));
        Assert.Equal(2, _logs.Lines.Count);
        Assert.Contains("tracer broken", _logs.Lines[1].Text);
        Assert.Contains("99 more", _logs.Lines[1].Text);
    }

    [Fact]
    public void Decode_HealthyTracer_AllocatesNothing()
    {
        TracerFaults tracer = Decorate(new Healthy());
        ISpanWriter spans = Substitute.For<ISpanWriter>();
        byte[] record = new byte[72];
        tracer.Decode(new BpfEvent(record), spans);

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++) tracer.Decode(new BpfEvent(record), spans);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(0, tracer.Counters.Faults);
    }

    [Fact]
    public void Tables_TracerWithoutKernelHooks_AreThoseOfTheTracer()
    {
        TracerFaults tracer = Decorate(new Healthy());

        Assert.Equal("main.main", Assert.Single(tracer.GoProbes).Function);
        Assert.Empty(tracer.KernelHooks);
    }

    private TracerFaults Decorate(ITracer tracer) =>
        new(tracer, LoggerFactory.Create(b => b.AddProvider(_logs)).CreateLogger<TracerFaults>(), _clock);

    private static void Decode(TracerFaults tracer) => tracer.Decode(new BpfEvent(new byte[72]), Substitute.For<ISpanWriter>());

    private sealed class Clock : TimeProvider
    {
        public TimeSpan Now { get; set; } = TimeSpan.FromHours(1);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }

    private sealed class Broken : ITracer
    {
        public string Name => "broken";

        public BpfObjectSource Bpf => BpfObjectSource.EmbeddedIn<Broken>("broken.bpf.o");

        public void Decode(in BpfEvent e, ISpanWriter spans) => throw new InvalidOperationException("always");
    }

    private sealed class Healthy : ITracer, IUprobeSet
    {
        public string Name => "healthy";

        public BpfObjectSource Bpf => BpfObjectSource.EmbeddedIn<Healthy>("healthy.bpf.o");

        public IReadOnlyList<GoProbe> GoProbes => [new ProbeGroup("calls").Entry("main.main", "main_begin")];

        public IReadOnlyList<GoField> GoFields => [];

        public IReadOnlyList<GoItab> GoItabs => [];

        public IReadOnlyList<LibraryProbe> LibraryProbes => [];

        public void Decode(in BpfEvent e, ISpanWriter spans)
        {
        }
    }
}
