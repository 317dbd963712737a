using Beyla.Host.Configuration.Settings;

namespace Beyla.Host.Configuration.Import;

/// <summary>Keys of the original that mean one of our settings under another name, beside the aliases that the settings have themselves.</summary>
internal static class OriginalNames
{
    /// <summary>Selection by globs instead of regular expressions (Beyla 2.2 and later).</summary>
    public const string Instrument = "discovery.instrument";

    /// <summary>A glob that later versions have beside executable_name.</summary>
    public const string TargetExecutable = "auto_target_exe";

    private static readonly Dictionary<string, Setting> Renamed = new(StringComparer.Ordinal)
    {
        ["otel_traces_export.sampler.name"] = SamplerSettings.Name,
        ["otel_traces_export.sampler.arg"] = SamplerSettings.Argument,
        ["otel_metrics_export.features"] = MetricsSettings.Features,
        ["prometheus_export.features"] = MetricsSettings.Features,
        ["otel_metrics_export.buckets.duration_histogram"] = MetricsSettings.DurationBuckets,
        ["prometheus_export.buckets.duration_histogram"] = MetricsSettings.DurationBuckets,
        ["otel_metrics_export.buckets.request_size_histogram"] = MetricsSettings.SizeBuckets,
        ["prometheus_export.buckets.request_size_histogram"] = MetricsSettings.SizeBuckets,
        [TargetExecutable] = KnownSettings.ExecutableName,
    };

    /// <summary>The setting that a key of the original means; null: none of these.</summary>
    public static Setting? Find(string key) => Renamed.GetValueOrDefault(key);

    /// <summary>Whether a table of the original has such keys.</summary>
    public static bool Holds(string table) => Renamed.Keys.Any(k => k.StartsWith(table + ".", StringComparison.Ordinal));

    /// <summary>Whether the value of a key is a glob on the executable's whole path, where ours is a regular expression.</summary>
    public static bool IsGlob(string key) => key is TargetExecutable or Instrument + "[].exe_path";
}
