using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Beyla.Host.Commands;

/// <summary>
/// The process' own stdout and stderr as plain UTF-8 streams. On a terminal not by .NET's console, which sends escape codes of its own (keypad mode)
/// with the first write. Into files and pipes by it: a file stream would write at its own offset, over what the other stream wrote (<c>>log 2>&amp;1</c>).
/// </summary>
internal static class Terminal
{
    private static readonly Lazy<TextWriter> LazyOutput = new(() => Open(1, Console.IsOutputRedirected, Console.OpenStandardOutput));
    private static readonly Lazy<TextWriter> LazyError = new(() => Open(2, Console.IsErrorRedirected, Console.OpenStandardError));

    /// <summary>stdout; flushed after each write.</summary>
    public static TextWriter Output => LazyOutput.Value;

    /// <summary>stderr; flushed after each write.</summary>
    public static TextWriter Error => LazyError.Value;

    /// <summary>Whether stderr may be coloured: a terminal, and NO_COLOR (no-color.org) is not set.</summary>
    public static bool Colour =>
        !Console.IsErrorRedirected
        && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
        && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");

    private static TextWriter Open(int descriptor, bool redirected, Func<Stream> console)
    {
        Stream stream = redirected ? console() : new FileStream(new SafeFileHandle(descriptor, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        return TextWriter.Synchronized(new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = true, NewLine = "\n" });
    }
}
