namespace TargetCost;

/// <summary>A slice with the agent between two without it.</summary>
/// <param name="Before">Without, just before.</param>
/// <param name="With">With the agent.</param>
/// <param name="After">Without, just after.</param>
/// <param name="Agent">What the agent did meanwhile.</param>
internal sealed record Comparison(Slice Before, Slice With, Slice After, AgentWork Agent)
{
    /// <summary>Whether none of the three was disturbed.</summary>
    public bool IsQuiet => Before.IsQuiet && With.IsQuiet && After.IsQuiet;

    /// <summary>Requests/s with the agent over the mean of its neighbours.</summary>
    public double Ratio => With.RequestsPerSecond / ((Before.RequestsPerSecond + After.RequestsPerSecond) / 2);

    /// <summary>CPU time of the server per request beyond that of its neighbours, µs.</summary>
    public double AddedMicroseconds => With.TargetMicroseconds - (Before.TargetMicroseconds + After.TargetMicroseconds) / 2;
}
