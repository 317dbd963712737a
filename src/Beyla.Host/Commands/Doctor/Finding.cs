namespace Beyla.Host.Commands.Doctor;

/// <summary>How a feature is.</summary>
internal enum FindingState
{
    /// <summary>It works here.</summary>
    Ok,

    /// <summary>It works with less, or later.</summary>
    Limited,

    /// <summary>The configuration leaves it off.</summary>
    Off,

    /// <summary>It could not be told, mostly for want of privileges.</summary>
    Unknown,

    /// <summary>It does not work here.</summary>
    Missing,
}

/// <summary>One line of <c>beyla doctor</c>.</summary>
/// <param name="Area"><c>privileges</c>, <c>kernel</c>, <c>plugins</c>, <c>tracers</c>, <c>processes</c>, <c>configuration</c>, <c>export</c>.</param>
/// <param name="Feature">What it is about.</param>
/// <param name="State">How it is.</param>
/// <param name="Evidence">What was seen, one sentence without its full stop.</param>
internal sealed record Finding(string Area, string Feature, FindingState State, string Evidence)
{
    /// <summary>What would make it better; null: nothing to do.</summary>
    public string? Remedy { get; init; }

    /// <summary>Whether the agent as configured cannot do its work like this: exit code 1.</summary>
    public bool IsFatal { get; init; }
}
