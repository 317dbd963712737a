using System.Collections.Immutable;

namespace Beyla;

/// <summary>
/// A kind of span that shares its metrics. A plugin that brings a new protocol defines its own family and gets metrics without a change in the
/// host.
/// </summary>
/// <param name="Name">Dotted name, unique: <c>http.server</c>.</param>
/// <param name="Duration">The histogram fed with end − start of every span; <see langword="null"/> for spans without it.</param>
public sealed record SpanFamily(string Name, DurationMetric? Duration)
{
    /// <summary>Further histograms, each fed with an attribute of the spans, such as sizes of bodies.</summary>
    public ImmutableArray<ValueMetric> Values { get; init; } = [];
}

/// <summary>The duration histogram of a span family.</summary>
/// <param name="Name">OpenTelemetry metric name: <c>http.server.request.duration</c>.</param>
/// <param name="Description">One sentence for humans.</param>
/// <param name="Boundaries">Explicit bucket boundaries in seconds, ascending.</param>
/// <param name="Attributes">Span attributes that become metric attributes when they are set.</param>
public sealed record DurationMetric(string Name, string Description, ImmutableArray<double> Boundaries, ImmutableArray<AttributeKey> Attributes);

/// <summary>A histogram of a span family that is fed with an attribute's value; spans without the attribute do not count.</summary>
/// <param name="Name">OpenTelemetry metric name: <c>http.server.request.body.size</c>.</param>
/// <param name="Description">One sentence for humans.</param>
/// <param name="Unit">UCUM unit of the value: <c>By</c>.</param>
/// <param name="Value">The attribute, an integer or a double.</param>
/// <param name="Boundaries">Explicit bucket boundaries, ascending.</param>
/// <param name="Attributes">Span attributes that become metric attributes when they are set; the same array as in other metrics of the family is cheapest.</param>
public sealed record ValueMetric(
    string Name, string Description, string Unit, AttributeKey Value, ImmutableArray<double> Boundaries, ImmutableArray<AttributeKey> Attributes);
