using System.Globalization;

namespace TargetCost;

/// <summary>What bench.sh passes on.</summary>
/// <param name="Workload">One of <see cref="Workload.Names"/>.</param>
/// <param name="Target">The Go program to load (a built one of tests/targets).</param>
/// <param name="Agent">The published agent.</param>
/// <param name="Seconds">Seconds of load in all slices together.</param>
/// <param name="Json">Whether the report is one JSON object instead of a table.</param>
internal sealed record Arguments(string Workload, string Target, string Agent, int Seconds, bool Json)
{
    /// <summary>Length of one slice: short enough that its two neighbours saw the same machine.</summary>
    public const int SliceSeconds = 2;

    /// <summary>Reads the command line; the error is a sentence.</summary>
    public static Arguments Parse(string[] words)
    {
        string? target = null, agent = null;
        string workload = "http";
        int seconds = 60;
        bool json = false;
        for (int i = 0; i < words.Length; i++)
        {
            switch (words[i])
            {
                case "--workload": workload = Next(words, ref i); break;
                case "--target": target = Next(words, ref i); break;
                case "--agent": agent = Next(words, ref i); break;
                case "--seconds" when int.TryParse(Next(words, ref i), NumberStyles.None, CultureInfo.InvariantCulture, out seconds): break;
                case "--json": json = true; break;
                default: throw new ArgumentException($"'{words[i]}' is not understood; known are --workload NAME, --seconds N and --json");
            }
        }
        return new Arguments(
            workload, target ?? throw new ArgumentException("--target is missing"), agent ?? throw new ArgumentException("--agent is missing"), seconds, json);
    }

    private static string Next(string[] words, ref int i) =>
        ++i < words.Length ? words[i] : throw new ArgumentException($"{words[i - 1]} wants a value");
}
