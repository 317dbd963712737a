namespace Beyla.Host.Spans.Filters;

/// <summary>Names of attributes and metrics, which users write as OpenTelemetry (<c>url.path</c>) or as Prometheus does (<c>url_path</c>).</summary>
internal static class AttributeNames
{
    /// <summary>The form of Prometheus.</summary>
    public static string Normalize(string name) => name.Replace('.', '_');

    /// <summary>Whether a name has the given form; allocates nothing.</summary>
    public static bool IsNormalized(string normalized, string name)
    {
        if (normalized.Length != name.Length) return false;
        for (int i = 0; i < name.Length; i++)
            if ((name[i] == '.' ? '_' : name[i]) != normalized[i]) return false;
        return true;
    }
}
