using Microsoft.Extensions.Logging;

namespace Beyla.Host.Logging;

/// <summary>
/// Writes the log as one line an entry: <c>2026-01-31T10:00:00.123Z INFO  message</c>. Our own because the console logger brings a thread, options
/// and formatters that cost start-up time.
/// </summary>
/// <param name="output">Where the lines go; not closed.</param>
/// <param name="clock">Time of the entries.</param>
/// <param name="colour">Whether the level is coloured.</param>
internal sealed class LineLoggerProvider(TextWriter output, TimeProvider clock, bool colour) : ILoggerProvider
{
    private readonly Lock _line = new();

    public ILogger CreateLogger(string categoryName) => new LineLogger(this);

    public void Dispose() => output.Flush();

    private void Write(LogLevel level, string message, Exception? exception)
    {
        LogLine line = new(clock.GetUtcNow(), level, message, exception);
        string text = line.Format(colour);
        lock (_line)
        {
            output.WriteLine(text);
            output.Flush();
        }
    }

    private sealed class LineLogger(LineLoggerProvider provider) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel)) provider.Write(logLevel, formatter(state, exception), exception);
        }
    }
}
