using Beyla.Host.Configuration;

namespace Beyla.Host.Spans;

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
