using System.Text.Json.Nodes;

namespace Beyla.Testing.Otlp;

/// <summary>The points of a decoded metrics request as lines of text, for comparison.</summary>
internal static class DecodedMetrics
{
    private static readonly (string Field, string Name)[] Kinds = [("sum", "sum"), ("gauge", "gauge"), ("histogram", "histogram"), ("exponentialHistogram", "exponential")];

    /// <summary>Service, metric, unit, kind, attributes and values of each point, in the order of the request; no times, no exemplars.</summary>
    public static IEnumerable<string> Points(JsonObject request) => All(request).Select(p => $"{p.Service} {p.Metric["name"]} {p.Metric["unit"]} {p.Kind} {{{Attributes(p.Point)}}} {Values(p.Point)}");

    /// <summary>The points with what they belong to.</summary>
    public static IEnumerable<(string Service, JsonObject Metric, string Kind, JsonObject Point)> All(JsonObject request) =>
        from resource in OtlpOracle.Items(request, "resourceMetrics")
        from scope in OtlpOracle.Items(resource, "scopeMetrics")
        from metric in OtlpOracle.Items(scope, "metrics")
        from kind in Kinds
        where metric[kind.Field] is not null
        let data = metric[kind.Field]!.AsObject()
        from point in OtlpOracle.Items(data, "dataPoints")
        select (ServiceOf(resource), metric, KindOf(kind.Name, data), point);

    /// <summary>Attributes of a point: <c>a=1,b=x</c>.</summary>
    public static string Attributes(JsonObject point) => string.Join(',', OtlpOracle.Items(point, "attributes").Select(a => $"{a["key"]}={a["value"]!.AsObject().First().Value}"));

    /// <summary><c>sum-delta</c>, <c>gauge</c>; <c>updown-cumulative</c> for a sum that can shrink.</summary>
    private static string KindOf(string name, JsonObject data)
    {
        if (data["aggregationTemporality"] is not { } temporality) return name;
        if (name == "sum" && data["isMonotonic"]?.GetValue<bool>() != true) name = "updown";
        return $"{name}-{(temporality.GetValue<int>() == 1 ? "delta" : "cumulative")}";
    }

    private static string ServiceOf(JsonObject resource) =>
        OtlpOracle.Items(resource["resource"]!.AsObject(), "attributes").First(a => a["key"]!.GetValue<string>() == "service.name")["value"]!["stringValue"]!.GetValue<string>();

    private static string Values(JsonObject point)
    {
        if ((point["asInt"] ?? point["asDouble"]) is { } number) return $"{number}";
        string buckets = point["bucketCounts"] is JsonArray counts ? Join(counts) : point["positive"] is JsonObject positive ? $"from {positive["offset"] ?? 0}: {Join(positive["bucketCounts"]!.AsArray())}" : "";
        return $"count={point["count"]} sum={point["sum"]} min={point["min"]} max={point["max"]} [{buckets}]{(point["zeroCount"] is { } zero ? $" zero={zero}" : "")}";
    }

    private static string Join(JsonArray numbers) => string.Join(' ', numbers.Select(n => n!.ToString()));
}
