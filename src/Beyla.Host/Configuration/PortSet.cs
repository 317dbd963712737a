using System.Globalization;

namespace Beyla.Host.Configuration;

/// <summary>A set of TCP ports written as a list of ports and ranges: <c>80,8080-8089</c>.</summary>
internal sealed class PortSet
{
    private readonly (int From, int To)[] _ranges;

    private PortSet((int, int)[] ranges) => _ranges = ranges;

    /// <summary>No port.</summary>
    public static PortSet Empty { get; } = new([]);

    /// <summary>Whether no port is in it.</summary>
    public bool IsEmpty => _ranges.Length == 0;

    /// <summary>Whether <paramref name="port"/> is in it.</summary>
    public bool Contains(int port)
    {
        foreach ((int from, int to) in _ranges)
            if (port >= from && port <= to) return true;
        return false;
    }

    /// <summary>Reads <c>80,8080-8089</c>; blanks around numbers are allowed.</summary>
    /// <exception cref="FormatException">With a sentence that says which part is wrong.</exception>
    public static PortSet Parse(string text)
    {
        List<(int, int)> ranges = [];
        foreach (string part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            string[] ends = part.Split('-', StringSplitOptions.TrimEntries);
            int from = Port(ends[0], part);
            int to = ends.Length == 1 ? from : Port(ends[1], part);
            if (ends.Length > 2 || from > to) throw Malformed(part);
            ranges.Add((from, to));
        }
        return ranges.Count == 0 ? Empty : new PortSet([.. ranges]);
    }

    /// <inheritdoc/>
    public override string ToString() => string.Join(',', _ranges.Select(r => r.From == r.To
        ? r.From.ToString(CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{r.From}-{r.To}")));

    private static int Port(string text, string part) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port is > 0 and <= 65535 ? port : throw Malformed(part);

    private static FormatException Malformed(string part) =>
        new($"'{part}' is not a port (1-65535) or a range of ports like 8080-8089");
}
