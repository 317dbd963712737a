using Beyla.Ebpf;
using Microsoft.Extensions.Logging;

namespace Beyla.Host.Attachment;

/// <summary>
/// Loads tracers' BPF objects when the first process needs them: what no process needs costs no verification, no memory for maps, and no time
/// of the agent's start. Used by one thread.
/// </summary>
/// <param name="ring">The events ring.</param>
/// <param name="shared">The maps that all tracers share.</param>
/// <param name="propagation">What incoming trace headers are read.</param>
/// <param name="front">How uprobes are attached.</param>
/// <param name="marks">Whether processes can be marked for kernel hooks.</param>
/// <param name="log">Receives one line for each tracer that does not load.</param>
internal sealed class TracerLoader(BpfMap ring, SharedMaps shared, AttachmentFlags propagation, UprobeFront front, bool marks, ILogger log)
{
    /// <summary>Loads those that are not loaded yet.</summary>
    /// <returns>Those that can be attached.</returns>
    public IReadOnlyList<TracerHost> Load(IReadOnlyList<TracerHost> needed)
    {
        TracerHost[] idle = [.. needed.Where(t => t.State == TracerState.Idle)];
        // The time goes by in the kernel's verifier, which works on as many objects at once as there are threads that ask.
        Parallel.ForEach(idle, tracer => tracer.Load(ring, shared, propagation, front == UprobeFront.Multi, marks));
        foreach (TracerHost tracer in idle) Report(tracer);
        return [.. needed.Where(t => t.State == TracerState.Ok)];
    }

    private void Report(TracerHost tracer)
    {
        if (tracer.State == TracerState.Failed) log.LogWarning("tracer {Tracer} is off: {Reason}", tracer.Name, tracer.Reason);
        foreach (string refusal in tracer.FrontRefusals) log.LogInformation("tracer {Tracer}: {Refusal}", tracer.Name, refusal);
        if (tracer.Fronts.Count > 0) log.LogInformation("tracer {Tracer} watches by {Fronts}.", tracer.Name, string.Join(", ", tracer.Fronts.Select(f => f.Name).Distinct()));
        if (tracer.VerifierLog is { } verifier) log.LogDebug("the verifier on {Tracer}:\n{Log}", tracer.Name, verifier);
    }
}
