namespace Beyla.Host.Attachment;

/// <summary>What the tracers' library probes find in one file: a shared library, or an executable that has a library linked in.</summary>
/// <param name="Path">The file.</param>
/// <param name="Groups">Each group of each tracer that is meant for this file.</param>
internal sealed record LibraryInspection(string Path, IReadOnlyList<LibraryGroup> Groups);

/// <summary>One group of a tracer in one file.</summary>
/// <param name="Tracer">The tracer's name.</param>
/// <param name="Group">The group.</param>
/// <param name="Probes">Its probes for this file, in table order.</param>
internal sealed record LibraryGroup(string Tracer, ProbeGroup Group, IReadOnlyList<LibraryFunction> Probes)
{
    /// <summary>Whether everything that is required is there.</summary>
    public bool Attachable => Probes.Any(p => p.Site is not null) && !Lacks(FailureMode.Required).Any();

    /// <summary>What is missing; null when all is there.</summary>
    public string? Reason
    {
        get
        {
            string missing = string.Join("; ", Lacks(Attachable ? FailureMode.Warn : FailureMode.Required));
            return missing.Length == 0 ? null : Attachable ? "goes without: " + missing : missing;
        }
    }

    private IEnumerable<string> Lacks(FailureMode mode) =>
        Probes.Where(p => p.Site is null && p.Probe.Failure == mode).Select(p => $"function {p.Probe.Symbol} {p.Reason}").Distinct();
}

/// <summary>One library probe of a table in one file, at one place.</summary>
/// <param name="Probe">The table's row.</param>
/// <param name="Site">Where its breakpoint goes; null: nowhere.</param>
/// <param name="Reason">Why there is no site.</param>
internal sealed record LibraryFunction(LibraryProbe Probe, PlannedSite? Site, string? Reason)
{
    /// <summary>Whether the kernel is to run the program when the function that begins at the site returns, not at the site itself.</summary>
    public bool IsReturnProbe => Probe.Position == ProbePosition.Return && Site is { Site.Result: null };
}
