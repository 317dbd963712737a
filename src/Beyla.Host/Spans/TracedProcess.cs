using Beyla.Host.Discovery;
using Beyla.Host.Identity.OwnTelemetry;

namespace Beyla.Host.Spans;

/// <summary>A process under trace, with its resource attributes.</summary>
/// <param name="Handle">The host's handle, as in the event header; never reused.</param>
/// <param name="Info">The process.</param>
/// <param name="Service">Its name.</param>
/// <param name="Language">telemetry.sdk.language: <c>go</c>.</param>
internal sealed record TracedProcess(uint Handle, ProcessInfo Info, ServiceIdentity Service, string Language)
{
    /// <summary>Further resource attributes: of its container and pod, its runtime, and those it was given itself. Names come once.</summary>
    public IReadOnlyList<(string Key, string Value)> Attributes { get; init; } = [];

    /// <summary>The signals that it exports itself and that are left to it. Set on the pump's thread, once the process is known to it.</summary>
    public Signals OwnSignals { get; set; }

    /// <summary>What became of its spans; the same object whatever else of the process changes.</summary>
    public SpanTally Tally { get; } = new();

    /// <summary>The log's line on signals that are left to it.</summary>
    public string OwnSignalsLine(OwnSignals own) =>
        $"pid {Info.Pid} ({Service.Name}) exports its own {string.Join(" and ", own.Names)} ({own.Evidence}): not exported a second time.";
}
