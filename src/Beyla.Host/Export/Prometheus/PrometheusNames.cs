using System.Text;
using Beyla.Host.Metrics;

namespace Beyla.Host.Export.Prometheus;

/// <summary>OpenTelemetry's names as Prometheus' names (specification: Prometheus and OpenMetrics Compatibility).</summary>
internal static class PrometheusNames
{
    private const string Total = "_total";

    private static readonly Dictionary<string, string> Units = new(StringComparer.Ordinal)
    {
        ["d"] = "days", ["h"] = "hours", ["min"] = "minutes", ["s"] = "seconds", ["ms"] = "milliseconds", ["us"] = "microseconds", ["ns"] = "nanoseconds",
        ["By"] = "bytes", ["KiBy"] = "kibibytes", ["MiBy"] = "mebibytes", ["GiBy"] = "gibibytes", ["TiBy"] = "tibibytes", ["KBy"] = "kilobytes",
        ["MBy"] = "megabytes", ["GBy"] = "gigabytes", ["TBy"] = "terabytes", ["m"] = "meters", ["V"] = "volts", ["A"] = "amperes", ["J"] = "joules",
        ["W"] = "watts", ["g"] = "grams", ["Cel"] = "celsius", ["Hz"] = "hertz", ["%"] = "percent", ["1"] = "",
    };

    private static readonly Dictionary<string, string> PerUnits = new(StringComparer.Ordinal)
    {
        ["s"] = "second", ["min"] = "minute", ["h"] = "hour", ["d"] = "day", ["w"] = "week", ["mo"] = "month", ["y"] = "year",
    };

    /// <summary>The name of a metric family: with its unit, without the suffixes of its samples; a counter's without <c>_total</c>.</summary>
    public static string Family(MetricDefinition metric)
    {
        string name = metric.Kind == MetricKind.Counter && metric.Name.EndsWith(Total, StringComparison.Ordinal) ? metric.Name[..^Total.Length] : metric.Name;
        if (metric.IsPrometheusName) return name;
        string unit = metric is { Kind: MetricKind.Gauge, Unit: "1" } ? "ratio" : Unit(metric.Unit);
        name = Label(name);
        return unit.Length == 0 || name.EndsWith("_" + unit, StringComparison.Ordinal) ? name : $"{name}_{unit}";
    }

    /// <summary>The word for a unit: <c>seconds</c> of <c>s</c>, <c>bytes_per_second</c> of <c>By/s</c>; annotations in braces are left out.</summary>
    public static string Unit(string ucum)
    {
        while (ucum.IndexOf('{', StringComparison.Ordinal) is >= 0 and int open && ucum.IndexOf('}', open) is > 0 and int close) ucum = ucum.Remove(open, close - open + 1);
        int slash = ucum.IndexOf('/', StringComparison.Ordinal);
        string what = slash < 0 ? ucum : ucum[..slash], per = slash < 0 ? "" : ucum[(slash + 1)..];
        what = Label(Units.GetValueOrDefault(what, what)).Trim('_');
        per = Label(PerUnits.GetValueOrDefault(per, per)).Trim('_');
        return per.Length == 0 ? what : $"{what}_per_{per}".TrimStart('_');
    }

    /// <summary>A name with letters, digits and single underscores only, which does not begin with a digit.</summary>
    public static string Label(string name)
    {
        StringBuilder label = new(name.Length + 1);
        foreach (char c in name)
        {
            bool plain = char.IsAsciiLetterOrDigit(c);
            if (plain && label.Length == 0 && char.IsAsciiDigit(c)) label.Append('_');
            if (plain) label.Append(c);
            else if (label.Length == 0 || label[^1] != '_') label.Append('_');
        }
        return label.ToString();
    }
}
