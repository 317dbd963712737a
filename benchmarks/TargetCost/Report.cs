using System.Globalization;
using System.Text.Json;

namespace TargetCost;

/// <summary>The numbers in the end: medians of the quiet comparisons.</summary>
internal sealed record Report(
    string Workload, int Slices, int Dropped, double BaseRequestsPerSecond, double BaseMicroseconds,
    double AttachedRatio, double AttachedAddedMicroseconds, double IdleRatio, double IdleAddedMicroseconds,
    double HitsPerRequest, double BpfNanosecondsPerRequest, double AgentMicrosecondsPerSpan, double AgentResidentMegabytes,
    long Requests, long Spans, long Lost)
{
    /// <summary>Sums up. wrk leaves up to one uncounted request per connection and slice, so spans may exceed requests by four a slice.</summary>
    public static Report Of(string workload, IReadOnlyList<Comparison> attached, IReadOnlyList<Comparison> idle, double hits, double nanoseconds)
    {
        Comparison[] quiet = [.. attached.Where(c => c.IsQuiet)], quietIdle = [.. idle.Where(c => c.IsQuiet)];
        long spans = attached.Sum(c => c.Agent.Spans);
        return new Report(
            workload,
            attached.Count + idle.Count, attached.Count + idle.Count - quiet.Length - quietIdle.Length,
            Median(quiet.Select(c => c.Before.RequestsPerSecond)), Median(quiet.Select(c => c.Before.TargetMicroseconds)),
            Median(quiet.Select(c => c.Ratio)), Median(quiet.Select(c => c.AddedMicroseconds)),
            Median(quietIdle.Select(c => c.Ratio)), Median(quietIdle.Select(c => c.AddedMicroseconds)),
            hits, nanoseconds,
            attached.Sum(c => c.Agent.CpuTime) / 1000.0 / Math.Max(1, spans), attached.Max(c => c.Agent.ResidentBytes) / 1e6,
            attached.Sum(c => c.With.Requests), spans, attached.Sum(c => c.Agent.Lost));
    }

    /// <summary>One JSON object; numbers that could not be measured are null.</summary>
    public string ToJson() => JsonSerializer.Serialize(
        GetType().GetProperties().ToDictionary(p => JsonNamingPolicy.CamelCase.ConvertName(p.Name), p => p.GetValue(this) is double.NaN ? null : p.GetValue(this)));

    /// <summary>A table for people.</summary>
    public string ToText() => string.Create(CultureInfo.InvariantCulture, $"""
        workload                  {Workload,10}
        without agent             {BaseRequestsPerSecond,10:0} calls/s      {BaseMicroseconds,6:0.0} µs of target CPU per call
        attached                  {AttachedRatio,10:0.000} of it        {AttachedAddedMicroseconds,6:+0.0;-0.0} µs
        running, not attached     {IdleRatio,10:0.000} of it        {IdleAddedMicroseconds,6:+0.0;-0.0} µs
        probe hits per call       {HitsPerRequest,10:0.00}
        BPF time per call         {BpfNanosecondsPerRequest,10:0} ns (with kernel.bpf_stats_enabled)
        agent CPU per span        {AgentMicrosecondsPerSpan,10:0.00} µs
        agent RSS                 {AgentResidentMegabytes,10:0.0} MB
        spans / calls             {Spans} / {Requests} (wrk leaves up to 4 a slice uncounted), lost {Lost}
        slices                    {Slices}, of which {Dropped} dropped for more than {Slice.StealLimit:0 %} steal
        """);

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? double.NaN : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
