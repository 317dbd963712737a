using System.Globalization;
using System.Text.RegularExpressions;

namespace Beyla.Ebpf;

/// <summary>What the verifier counts for a program (print_verification_stats, kernel/bpf/verifier.c); 0: this kernel does not tell.</summary>
/// <param name="Processed">Instructions that it walked over, all ways together; it gives up at a million.</param>
/// <param name="States">States that it kept.</param>
/// <param name="StackBytes">Stacks of the program and of all functions that it may call, together: no chain of calls takes more.</param>
public sealed partial record VerifierNumbers(int Processed, int States, int StackBytes)
{
    internal static VerifierNumbers Of(string log) => new(
        Number(Instructions().Match(log)), Number(TotalStates().Match(log)),
        // One number a function.
        Depths().Match(log) is { Success: true } match ? match.Groups[1].Value.Split('+').Sum(n => int.Parse(n, CultureInfo.InvariantCulture)) : 0);

    private static int Number(Match match) => match.Success ? int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex(@"processed (\d+) insns")]
    private static partial Regex Instructions();

    [GeneratedRegex(@"total_states (\d+)")]
    private static partial Regex TotalStates();

    [GeneratedRegex(@"stack depth ([\d+]+\d)")]
    private static partial Regex Depths();
}
