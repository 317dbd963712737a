using Beyla.Host.Spans.Routes;
using Beyla.Host.Spans.Sampling;

namespace Beyla.Host.Spans;

/// <summary>What holds for the spans of one process, by the service that it belongs to.</summary>
internal sealed record ServiceRules(ServiceRoutes Routes, TraceSampler Sampler);
