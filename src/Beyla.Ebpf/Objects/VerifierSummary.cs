namespace Beyla.Ebpf;

/// <summary>The one line of a verifier log that says why, with the source line it is about.</summary>
internal static class VerifierSummary
{
    public static string Of(string log)
    {
        string? reason = null, source = null;
        int lines = 0;
        foreach (ReadOnlySpan<char> raw in log.AsSpan().EnumerateLines())
        {
            ReadOnlySpan<char> line = raw.Trim();
            if (line.IsEmpty) continue;
            lines++;
            if (line[0] == ';') source = line.TrimStart("; @").ToString(); // "; text @ file:line"; the text is missing when clang could not read it
            else if (!IsStatistics(line)) reason = line.ToString();
        }
        string where = source is null ? "" : $", at '{source}'";
        return $"{reason ?? "no reason in the log"}{where} ({lines} line(s) of log)";
    }

    /// <summary>Lines that the verifier adds at the end of every log (print_verification_stats in kernel/bpf/verifier.c).</summary>
    private static bool IsStatistics(ReadOnlySpan<char> line) =>
        line.StartsWith("processed ") || line.StartsWith("verification time ") || line.StartsWith("stack depth ") || line.StartsWith("-- ");
}
