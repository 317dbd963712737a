namespace Beyla.Host.Spans;

/// <summary>What a span is used for.</summary>
[Flags]
internal enum Signals
{
    None = 0,

    /// <summary>It counts in metrics.</summary>
    Metrics = 1,

    /// <summary>It is exported itself.</summary>
    Traces = 2,

    All = Metrics | Traces,
}
