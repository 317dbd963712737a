using Microsoft.Extensions.Logging;

namespace Beyla.Host.Tests.Plugins;

/// <summary>Keeps every log line.</summary>
internal sealed class RecordingLogs : ILoggerProvider, ILogger
{
    private readonly List<(LogLevel, string)> _lines = [];

    public IReadOnlyList<(LogLevel Level, string Text)> Lines => _lines;

    public ILogger CreateLogger(string categoryName) => this;

    /// <summary>A logger for a type.</summary>
    public ILogger<T> Of<T>() => new LoggerFactory([this]).CreateLogger<T>();

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (_lines) _lines.Add((logLevel, formatter(state, exception)));
    }

    public void Dispose()
    {
    }
}
