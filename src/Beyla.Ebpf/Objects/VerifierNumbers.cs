using System.Globalization;
using System.Text.RegularExpressions;

namespace Beyla.Ebpf;

/// <summary>What the verifier counts for a program (print_verification_stats, kernel/bpf/verifier.c); 0: this kernel does not tell.</summary>
/// <param name="Processed">Instructions that it walked over, all ways together; it gives up at a million.</param>
/// <param name="States">States that it kept.</param>
/// <param name="StackBytes">Stack of the program's deepest chain of functions, each of which has its own; 512 is the most.</param>
public sealed partial record VerifierNumbers(int Processed, int States, int StackBytes)
{
    internal static VerifierNumbers Of(string log) => new(
        Number(Instructions().Match(log)), Number(TotalStates().Match(log)),
        // One number a function: the sum is an upper bound of what a chain takes.
        Depths().Match(log) is { Success: true } match ? match.Groups[1].Value.Split('+').Sum(n => int.Parse(n, CultureInfo.InvariantCulture)) : 0);

    private static int Number(Match match) => match.Success ? int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex(@"processed (\d+) insns")]
    private static partial Regex Instructions();

    [GeneratedRegex(@"total_states (\d+)")]
    private static partial Regex TotalStates();

    [GeneratedRegex(@"stack depth ([\d+]+\d)")]
    private static partial Regex Depths();
}
