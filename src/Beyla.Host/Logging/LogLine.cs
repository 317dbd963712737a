using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Beyla.Host.Logging;

/// <summary>One entry of the log as one line of text.</summary>
internal readonly record struct LogLine(DateTimeOffset Time, LogLevel Level, string Message, Exception? Exception)
{
    /// <param name="colour">Colour the level.</param>
    public string Format(bool colour)
    {
        (string level, string code) = Level switch
        {
            LogLevel.Trace or LogLevel.Debug => ("DEBUG", "\e[2m"),
            LogLevel.Information => ("INFO ", "\e[32m"),
            LogLevel.Warning => ("WARN ", "\e[33m"),
            _ => ("ERROR", "\e[31m"),
        };
        StringBuilder line = new(Message.Length + 40);
        line.Append(Time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture)).Append(' ');
        line.Append(colour ? $"{code}{level}\e[0m" : level).Append(' ');
        AppendOnOneLine(line, Message);
        if (Exception is not null) AppendOnOneLine(line, $": {Exception.Message}");
        return line.ToString();
    }

    /// <summary>Names and paths of traced programs are not ours: their control characters must not reach a terminal or split the line.</summary>
    private static void AppendOnOneLine(StringBuilder line, string text)
    {
        foreach (char c in text)
        {
            if (c == '\n') line.Append("\\n");
            else if (char.IsControl(c)) line.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}");
            else line.Append(c);
        }
    }
}
