using System.Text;
using Beyla.Host.Metrics;

namespace Beyla.Host.Export.Prometheus;

/// <summary>Samples with labels of ours.</summary>
internal static class ExpositionSamples
{
    /// <summary>Writes a sample of a whole number.</summary>
    public static void Sample(this Exposition page, string name, long value, params ReadOnlySpan<(string Name, string Value)> labels)
    {
        page.Begin(name, labels);
        page.Add(value);
        page.Add("\n"u8);
    }

    /// <summary>Writes a sample.</summary>
    public static void Sample(this Exposition page, string name, double value, params ReadOnlySpan<(string Name, string Value)> labels)
    {
        page.Begin(name, labels);
        page.Add(value);
        page.Add("\n"u8);
    }

    /// <summary>Writes the samples of a histogram.</summary>
    public static void Histogram(this Exposition page, string name, MetricDefinition metric, HistogramPoint point, params ReadOnlySpan<(string Name, string Value)> labels)
    {
        long count = 0;
        for (int i = 0; i < point.Buckets.Length; i++)
        {
            count += point.Buckets[i];
            page.Add(name);
            page.Add("_bucket{"u8);
            foreach ((string key, string value) in labels)
            {
                page.Label(key, value);
                page.Add(","u8);
            }
            page.Add("le=\""u8);
            page.Boundary(i < metric.Boundaries.Length ? metric.Boundaries[i] : double.PositiveInfinity);
            page.Add("\"} "u8);
            page.Add(count);
            page.Add("\n"u8);
        }
        page.Sample(name + "_sum", point.Sum, labels);
        page.Sample(name + "_count", point.Count, labels);
    }

    private static void Begin(this Exposition page, string name, ReadOnlySpan<(string Name, string Value)> labels)
    {
        page.Add(name);
        for (int i = 0; i < labels.Length; i++)
        {
            page.Add(i == 0 ? "{"u8 : ","u8);
            page.Label(labels[i].Name, labels[i].Value);
        }
        page.Add(labels.Length > 0 ? "} "u8 : " "u8);
    }

    private static void Label(this Exposition page, string name, string value)
    {
        page.Add(name);
        page.Add("=\""u8);
        page.LabelValue(Encoding.UTF8.GetBytes(value));
        page.Add("\""u8);
    }
}
