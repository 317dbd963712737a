using System.Collections.Immutable;

namespace Beyla;

/// <summary>What the values of an observed metric are (OpenTelemetry metrics API, "Asynchronous Counter", "Asynchronous UpDownCounter", "Asynchronous Gauge").</summary>
public enum ObservedKind
{
    /// <summary>A sum since the process began, which only grows: seconds of CPU time.</summary>
    Counter,

    /// <summary>A sum that can also shrink: bytes of memory, open files. Sums over processes make sense.</summary>
    UpDownCounter,

    /// <summary>A value of this moment that is not to be summed up over processes: a share, an age, a limit.</summary>
    Gauge,
}

/// <summary>A metric of a process whose value nobody reports: it is looked up when metrics are collected.</summary>
/// <param name="Name">OpenTelemetry metric name: <c>process.cpu.time</c>.</param>
/// <param name="Description">One sentence for humans.</param>
/// <param name="Unit">UCUM unit of the value: <c>s</c>, <c>By</c>, <c>{thread}</c>.</param>
/// <param name="Kind">What its values are.</param>
public sealed record ObservedMetric(string Name, string Description, string Unit, ObservedKind Kind)
{
    /// <summary>The attributes of each value, few and with few values: <c>cpu.mode</c>.</summary>
    public ImmutableArray<AttributeKey> Attributes { get; init; } = [];
}
