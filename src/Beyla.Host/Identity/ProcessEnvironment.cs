using System.Text;
using Beyla.Host.Discovery;

namespace Beyla.Host.Identity;

/// <summary>The environment that a process was started with (/proc/PID/environ); what it set itself later does not show there.</summary>
internal sealed class ProcessEnvironment
{
    private const int MostBytes = 1 << 20; // the kernel allows more, nobody means more

    private readonly Dictionary<string, string> _variables = new(StringComparer.Ordinal);

    /// <summary>No variables.</summary>
    public static ProcessEnvironment Empty { get; } = new();

    /// <summary>The value of a variable; null when it is not set or empty, which OpenTelemetry takes for the same.</summary>
    public string? this[string name] => _variables.GetValueOrDefault(name);

    /// <summary>Reads it; empty when the process is gone or not ours to read.</summary>
    public static ProcessEnvironment Read(int pid) => Parse(Procfs.ReadAll(pid, "environ", MostBytes));

    /// <summary>Parses <c>NAME=value</c>, each ended by a zero byte. Of a name that comes twice the first counts, as for getenv(3).</summary>
    public static ProcessEnvironment Parse(ReadOnlySpan<byte> text)
    {
        ProcessEnvironment environment = new();
        foreach (Range range in text.Split((byte)0))
        {
            string variable = Encoding.UTF8.GetString(text[range]);
            int equals = variable.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0 && equals < variable.Length - 1) environment._variables.TryAdd(variable[..equals], variable[(equals + 1)..]);
        }
        return environment;
    }

    /// <summary>The value of the first of these variables that is set.</summary>
    public string? FirstOf(params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
            if (this[name] is { } value) return value;
        return null;
    }
}
