using System.Diagnostics;
using System.Text.RegularExpressions;

namespace EndToEnd.Harness;

/// <summary>The lines that a process has written to one of its outputs so far.</summary>
internal sealed class LineLog
{
    private readonly Lock _lock = new();
    private readonly List<string> _lines = [];
    private readonly List<long> _arrivals = [];

    /// <summary>Raised on the reading thread for each line.</summary>
    public event Action<string>? Added;

    /// <summary>All lines so far.</summary>
    public IReadOnlyList<string> Lines
    {
        get { lock (_lock) return [.. _lines]; }
    }

    /// <summary>Appends a line.</summary>
    public void Add(string line)
    {
        long now = Stopwatch.GetTimestamp();
        lock (_lock)
        {
            _lines.Add(line);
            _arrivals.Add(now);
        }
        Added?.Invoke(line);
    }

    /// <summary>Waits for a line that matches; the first match is returned.</summary>
    public async Task<Match> WaitForAsync(Regex pattern, TimeSpan deadline, Func<string>? otherwise = null)
    {
        Match? found = null;
        await Eventually.TrueAsync(
            () => (found = Lines.Select(l => pattern.Match(l)).FirstOrDefault(m => m.Success)) is not null,
            deadline,
            () => $"no line matches /{pattern}/. {otherwise?.Invoke()}\n{this}");
        return found!;
    }

    /// <summary>When the first line that holds a text came (<see cref="Stopwatch"/> ticks).</summary>
    public long ArrivalOf(string text)
    {
        lock (_lock)
        {
            int index = _lines.FindIndex(l => l.Contains(text, StringComparison.Ordinal));
            return index >= 0 ? _arrivals[index] : throw new InvalidOperationException($"no line holds '{text}'\n{this}");
        }
    }

    /// <inheritdoc/>
    public override string ToString() => string.Join('\n', Lines.TakeLast(40));
}
