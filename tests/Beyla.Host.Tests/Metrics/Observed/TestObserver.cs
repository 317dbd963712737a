namespace Beyla.Host.Tests.Metrics.Observed;

/// <summary>An observer as a plugin may have one: a counter, a sum that can shrink, a gauge, all with the values that a test sets.</summary>
internal sealed class TestObserver : IProcessObserver
{
    public static readonly ObservedMetric
        Work = new("acme.work", "Work done.", "s", ObservedKind.Counter) { Attributes = [new("acme.kind")] },
        Items = new("acme.items", "Items there are.", "{item}", ObservedKind.UpDownCounter),
        Load = new("acme.load", "Share in use.", "1", ObservedKind.Gauge);

    public double WorkDone { get; set; } = 1.5;

    public long ItemCount { get; set; } = 7;

    /// <summary>Called in the place of an observation's Read.</summary>
    public Func<IObservedValues, bool>? Instead { get; set; }

    /// <summary>Pids under observation.</summary>
    public List<int> Observed { get; } = [];

    public IReadOnlyList<ObservedMetric> ObservedMetrics { get; } = [Work, Items, Load];

    public IProcessObservation? TryObserve(in ObservedProcess process) => new Observation(this, process.Pid);

    private sealed class Observation : IProcessObservation
    {
        private readonly TestObserver _observer;
        private readonly int _pid;

        public Observation(TestObserver observer, int pid)
        {
            (_observer, _pid) = (observer, pid);
            observer.Observed.Add(pid);
        }

        public bool Read(IObservedValues values)
        {
            if (_observer.Instead is { } instead) return instead(values);
            values.Set(Work, _observer.WorkDone, "useful");
            values.Set(Items, _observer.ItemCount);
            values.Set(Load, 0.25);
            return true;
        }

        public void Dispose() => _observer.Observed.Remove(_pid);
    }
}
