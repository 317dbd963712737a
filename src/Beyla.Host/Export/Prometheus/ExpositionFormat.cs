using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Beyla.Host.Export.Prometheus;

/// <summary>The formats of Prometheus' pages.</summary>
internal enum ExpositionFormat
{
    /// <summary>Text exposition format 0.0.4.</summary>
    Text,

    /// <summary>OpenMetrics 1.0.</summary>
    OpenMetrics,
}

/// <summary>Which format a client wants.</summary>
internal static class ExpositionFormats
{
    private const string OpenMetricsType = "application/openmetrics-text";

    /// <summary>The Content-Type of a format.</summary>
    public static string ContentType(ExpositionFormat format) => format == ExpositionFormat.OpenMetrics
        ? OpenMetricsType + "; version=1.0.0; charset=utf-8"
        : "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>The format that an Accept header likes best; text when it names neither, or both alike.</summary>
    public static ExpositionFormat Choose(StringValues accept)
    {
        if (!MediaTypeHeaderValue.TryParseList(accept.ToArray()!, out IList<MediaTypeHeaderValue>? types)) return ExpositionFormat.Text;
        double open = 0, text = 0;
        foreach (MediaTypeHeaderValue type in types)
        {
            double quality = type.Quality ?? 1;
            if (type.MediaType.Equals(OpenMetricsType, StringComparison.OrdinalIgnoreCase) && IsKnown(type)) open = Math.Max(open, quality);
            else if (type.MediaType.Equals("text/plain", StringComparison.OrdinalIgnoreCase) || type.MatchesAllTypes) text = Math.Max(text, quality);
        }
        return open > text ? ExpositionFormat.OpenMetrics : ExpositionFormat.Text;
    }

    /// <summary>0.0.1 is the draft that Prometheus asked for before 1.0.0, which is the same to its parser.</summary>
    private static bool IsKnown(MediaTypeHeaderValue type)
    {
        NameValueHeaderValue? version = type.Parameters.FirstOrDefault(p => p.Name.Equals("version", StringComparison.OrdinalIgnoreCase));
        return version is null || version.Value == "1.0.0" || version.Value == "0.0.1";
    }
}
