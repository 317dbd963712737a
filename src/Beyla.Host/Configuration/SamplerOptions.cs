namespace Beyla.Host.Configuration;

/// <summary><c>[traces.sampler]</c>: which traces are exported (OpenTelemetry specification, trace SDK, built-in samplers).</summary>
internal sealed record SamplerOptions
{
    /// <summary>The sampler.</summary>
    public SamplerName Name { get; init; } = SamplerName.ParentBasedAlwaysOn;

    /// <summary>The share of traces for those with a ratio, 0 to 1.</summary>
    public double Argument { get; init; } = 1;
}

/// <summary>The samplers of OTEL_TRACES_SAMPLER that need no server.</summary>
internal enum SamplerName
{
    AlwaysOn,
    AlwaysOff,
    TraceIdRatio,
    ParentBasedAlwaysOn,
    ParentBasedAlwaysOff,
    ParentBasedTraceIdRatio,
}
