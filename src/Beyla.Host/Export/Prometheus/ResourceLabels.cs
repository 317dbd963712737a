using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Beyla.Host.Export.Otlp;

namespace Beyla.Host.Export.Prometheus;

/// <summary>
/// A process' resource as labels: <c>job</c>, <c>instance</c> and the service's name on every sample, all other attributes on <c>target_info</c>.
/// Safe to use from several threads.
/// </summary>
/// <param name="beylaV1">Whether the label <c>target_instance</c> of Beyla 1 is there, too.</param>
internal sealed class ResourceLabels(bool beylaV1)
{
    private static readonly string[] Identity = ["service.name", "service.namespace", "service.instance.id"];

    private readonly ConditionalWeakTable<ProcessResource, ProcessLabels> _known = [];

    /// <summary>Encoded labels, without braces.</summary>
    /// <param name="OfSamples">Those of every sample.</param>
    /// <param name="OfTarget">Those of target_info.</param>
    internal sealed record ProcessLabels(byte[] OfSamples, byte[] OfTarget);

    /// <summary>The labels of a resource.</summary>
    public ProcessLabels Of(ProcessResource resource) => _known.GetValue(resource, Make);

    /// <summary>The names of the labels that every sample has.</summary>
    public IReadOnlyList<string> Reserved { get; } = ["job", "instance", "service_name", "service_namespace", .. beylaV1 ? new[] { "target_instance" } : []];

    private ProcessLabels Make(ProcessResource resource)
    {
        Dictionary<string, string> all = resource.All.ToDictionary(a => a.Key, a => Convert.ToString(a.Value, CultureInfo.InvariantCulture)!);
        string name = all.GetValueOrDefault(Identity[0], ""), ns = all.GetValueOrDefault(Identity[1], ""), instance = all.GetValueOrDefault(Identity[2], "");
        List<(string Name, string Value)> target = [("job", ns.Length > 0 ? $"{ns}/{name}" : name), ("instance", instance)];
        List<(string Name, string Value)> samples = [.. target, ("service_name", name), ("service_namespace", ns)];
        if (beylaV1) samples.Add(("target_instance", instance));
        // Names that become one label share it (compatibility specification: values in the order of the names, joined by semicolons).
        target.AddRange(all.Where(a => !Identity.Contains(a.Key)).OrderBy(a => a.Key, StringComparer.Ordinal)
            .GroupBy(a => PrometheusNames.Label(a.Key), StringComparer.Ordinal).Where(g => g.Key is not ("job" or "instance"))
            .Select(g => (g.Key, string.Join(';', g.Select(a => a.Value)))));
        return new ProcessLabels(Encode(samples), Encode(target));
    }

    private static byte[] Encode(List<(string Name, string Value)> labels)
    {
        Exposition text = new();
        foreach ((string name, string value) in labels)
        {
            if (text.Length > 0) text.Add(","u8);
            text.Add(name);
            text.Add("=\""u8);
            text.LabelValue(Encoding.UTF8.GetBytes(value));
            text.Add("\""u8);
        }
        return text.Written.ToArray();
    }
}
