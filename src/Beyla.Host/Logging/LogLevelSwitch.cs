using Microsoft.Extensions.Logging;

namespace Beyla.Host.Logging;

/// <summary>The lowest level of the log; it may change while the agent runs.</summary>
internal sealed class LogLevelSwitch(LogLevel lowest)
{
    private volatile int _lowest = (int)lowest;

    /// <summary>The lowest level that is written.</summary>
    public LogLevel Lowest
    {
        get => (LogLevel)_lowest;
        set => _lowest = (int)value;
    }

    /// <summary>Whether entries of a level are written.</summary>
    public bool Allows(LogLevel level) => level >= Lowest;
}
