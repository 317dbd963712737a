namespace Beyla.Host.Export.Otlp.Sending;

/// <summary>Exponential back-off with jitter, for when the server says nothing (specification: OTLP, Retryable Response Codes).</summary>
/// <param name="random">The jitter: 0 to 1.</param>
internal sealed class RetryDelay(Func<double> random)
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(1), Longest = TimeSpan.FromSeconds(30);
    private const double Factor = 1.5;

    /// <summary>The pause after so many failures in a row (1: the first): within 20 % of 1 s, 1.5 s, 2.25 s … 30 s.</summary>
    public TimeSpan After(int failures)
    {
        double seconds = Math.Min(First.TotalSeconds * Math.Pow(Factor, failures - 1), Longest.TotalSeconds);
        return TimeSpan.FromSeconds(seconds * (0.8 + 0.4 * random()));
    }
}
