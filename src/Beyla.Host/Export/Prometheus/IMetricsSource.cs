namespace Beyla.Host.Export.Prometheus;

/// <summary>Something that has metrics for a page.</summary>
internal interface IMetricsSource
{
    /// <summary>Writes whole families. One thread at a time.</summary>
    void WriteTo(Exposition page);
}
