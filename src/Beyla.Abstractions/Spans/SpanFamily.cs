using System.Collections.Immutable;

namespace Beyla;

/// <summary>
/// A kind of span that shares one duration metric. A plugin that brings a new protocol defines its own family and gets metrics without a
/// change in the host.
/// </summary>
/// <param name="Name">Dotted name, unique: <c>http.server</c>.</param>
/// <param name="Duration">The histogram fed with end − start of every span; <see langword="null"/> for spans without a metric.</param>
public sealed record SpanFamily(string Name, DurationMetric? Duration);

/// <summary>The duration histogram of a span family.</summary>
/// <param name="Name">OpenTelemetry metric name: <c>http.server.request.duration</c>.</param>
/// <param name="Description">One sentence for humans.</param>
/// <param name="Boundaries">Explicit bucket boundaries in seconds, ascending.</param>
/// <param name="Attributes">Span attributes that become metric attributes when they are set.</param>
public sealed record DurationMetric(string Name, string Description, ImmutableArray<double> Boundaries, ImmutableArray<AttributeKey> Attributes);
