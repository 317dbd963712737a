using System.Globalization;
using System.Text.RegularExpressions;

namespace EndToEnd.Harness;

/// <summary>Debian's wrk: requests as fast as they are answered.</summary>
internal static partial class Wrk
{
    /// <summary>
    /// Runs it and returns how many answers it counted. wrk closes its connections at the end without waiting: up to one request per
    /// connection was sent and not counted.
    /// </summary>
    public static async Task<long> RunAsync(string url, int connections, TimeSpan time)
    {
        string report = await ChildProcess.RunAsync("wrk", "-t1", Text($"-c{connections}"), Text($"-d{(int)time.TotalSeconds}s"), url);
        Assert.DoesNotContain("Socket errors", report, StringComparison.Ordinal);
        Assert.DoesNotContain("Non-2xx", report, StringComparison.Ordinal);
        return long.Parse(Requests().Match(report).Groups[1].Value, CultureInfo.InvariantCulture);
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex(@"(\d+) requests in ")]
    private static partial Regex Requests();
}
