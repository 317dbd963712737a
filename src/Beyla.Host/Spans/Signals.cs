using Beyla.Host.Configuration;

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

/// <summary>From the words of the configuration.</summary>
internal static class SignalChoices
{
    /// <summary>The signals that a choice names.</summary>
    public static Signals Signals(this SignalChoice choice) => choice switch
    {
        SignalChoice.Metrics => Spans.Signals.Metrics,
        SignalChoice.Traces => Spans.Signals.Traces,
        _ => Spans.Signals.All,
    };
}
