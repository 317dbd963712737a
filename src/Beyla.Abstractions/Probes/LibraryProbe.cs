namespace Beyla;

/// <summary>One probe on a function of a shared library (or of the executable itself, when it exports the symbol).</summary>
/// <param name="Group">The group it belongs to.</param>
/// <param name="Library">File-name pattern with <c>*</c>: <c>libssl.so*</c>.</param>
/// <param name="Symbol">Symbol in the dynamic symbol table: <c>SSL_read</c>.</param>
/// <param name="Program">Name of the BPF program to run.</param>
/// <param name="Position">Entry, or return (a uretprobe: safe for C).</param>
/// <param name="Failure">What it means when the library has no such symbol.</param>
public sealed record LibraryProbe(
    ProbeGroup Group, string Library, string Symbol, string Program, ProbePosition Position, FailureMode Failure = FailureMode.Required);
