namespace Beyla.Host.Commands.Explain;

/// <summary>How one link of the chain from process to exported span is.</summary>
internal enum LinkState
{
    /// <summary>It holds.</summary>
    Ok,

    /// <summary>It holds, but something is left out on the way.</summary>
    Limited,

    /// <summary>Not known, because no agent runs that could tell.</summary>
    Unknown,

    /// <summary>Nothing has come so far; that may be as it should.</summary>
    Waiting,

    /// <summary>Here it ends.</summary>
    Broken,
}

/// <summary>One link.</summary>
/// <param name="Step"><c>found</c>, <c>selected</c>, <c>type</c>, <c>tracers</c>, <c>attached</c>, <c>events</c>, <c>spans</c>, <c>exported</c>.</param>
/// <param name="State">How it is.</param>
/// <param name="Evidence">What was seen, clauses.</param>
internal sealed record ChainLink(string Step, LinkState State, IReadOnlyList<string> Evidence)
{
    public ChainLink(string step, LinkState state, string evidence) : this(step, state, [evidence]) { }

    /// <summary>What to do; null: nothing.</summary>
    public string? Next { get; init; }
}

/// <summary>Why there are spans of a process, or none.</summary>
/// <param name="Target">What the user asked for, or the process.</param>
/// <param name="Links">The chain, as far as it goes.</param>
internal sealed record Explanation(string Target, IReadOnlyList<ChainLink> Links)
{
    /// <summary>The link on which it depends; null: all hold.</summary>
    public ChainLink? Weakest => Links.FirstOrDefault(l => l.State == LinkState.Broken) ?? Links.FirstOrDefault(l => l.State == LinkState.Waiting);

    /// <summary>The answer in a sentence.</summary>
    public string Verdict => Weakest switch
    {
        { State: LinkState.Broken } broken => $"no spans: {broken.Step}: {broken.Evidence[^1]}{(broken.Next is { } next ? $"; {next}" : "")}.",
        { } waiting => $"no spans yet: {waiting.Step}: {waiting.Evidence[^1]}{(waiting.Next is { } next ? $"; {next}" : "")}.",
        _ when Links.Any(l => l.State == LinkState.Unknown) => "it would be traced; no running agent could be asked.",
        _ => "spans are exported.",
    };
}
