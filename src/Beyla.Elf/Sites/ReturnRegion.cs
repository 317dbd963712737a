using Iced.Intel;

namespace Beyla.Elf.Sites;

/// <summary>
/// The code before a RET from which nothing but this RET can be reached, forks included. When all ways into that code pass one emulated
/// instruction, a conditional jump for instance, then this one stands for the RET: whichever way it takes, the RET follows, once.
/// </summary>
internal sealed class ReturnRegion
{
    /// <summary>The instructions before a RET that are worth a look.</summary>
    private const int Largest = 48;

    private readonly FunctionBody _body;
    private readonly StackAddresses _addresses;

    /// <summary>Where the result lies before each instruction of the region.</summary>
    private readonly Dictionary<int, TrackedWord> _before;

    private ReturnRegion(FunctionBody body, StackAddresses addresses, int ret, TrackedWord word) =>
        (_body, _addresses, _before) = (body, addresses, new() { [ret] = word });

    /// <summary>The one place that all ways to the RET pass, and where the result lies there; null when there is none.</summary>
    public static (int Place, TrackedWord Word)? Gate(FunctionBody body, StackAddresses addresses, int ret, TrackedWord word) =>
        new ReturnRegion(body, addresses, ret, word).Grow();

    private (int Place, TrackedWord Word)? Grow()
    {
        while (_before.Count < Largest && !_before.ContainsKey(0))
        {
            int[] waiting = [.. _before.Keys.SelectMany(LeadingTo).Where(p => !_before.ContainsKey(p)).Distinct()];
            if (waiting is [int only] && _body.IsEmulated(only) && WordBefore(only) is { } here) return (only, here);
            int grown = _before.Count;
            foreach (int place in waiting)
                if (WordBefore(place) is { } word) _before.Add(place, word);
            if (_before.Count == grown) return null;
        }
        return null;
    }

    /// <summary>What may run just before an instruction.</summary>
    private IEnumerable<int> LeadingTo(int place) =>
        place > 0 && _body.FallsThrough(place - 1) ? _body.JumpsTo(place).Append(place - 1) : _body.JumpsTo(place);

    /// <summary>Where the result lies before an instruction all of whose ways lead into the region; null for others, and for calls.</summary>
    private TrackedWord? WordBefore(int place)
    {
        TrackedWord? next = Word(place + 1), target = _body.IsDirectJump(place) ? Word(_body.TargetOf(place)) : null;
        return _body[place].FlowControl switch
        {
            FlowControl.Next => next?.Before(_body, place, _addresses),
            FlowControl.UnconditionalBranch => target,
            FlowControl.ConditionalBranch => next == target ? next : null,
            _ => null,
        };
    }

    private TrackedWord? Word(int? place) => place is { } p && _before.TryGetValue(p, out TrackedWord word) ? word : null;
}
