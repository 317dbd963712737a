using System.Text.Json;

namespace Beyla.Host.Identity.Kubernetes;

/// <summary>What the API server says of a pod (Kubernetes API, core/v1 Pod).</summary>
internal sealed class PodFacts
{
    private const string TemplateHash = "pod-template-hash";

    private static readonly Dictionary<string, string> OwnerAttributes = new(StringComparer.Ordinal)
    {
        ["ReplicaSet"] = "k8s.replicaset.name", ["StatefulSet"] = "k8s.statefulset.name", ["DaemonSet"] = "k8s.daemonset.name", ["Job"] = "k8s.job.name",
    };

    /// <summary>metadata.uid.</summary>
    public required string Uid { get; init; }

    /// <summary>Its containers' names by container id.</summary>
    public required IReadOnlyDictionary<string, string> Containers { get; init; }

    /// <summary>Resource attributes of whatever runs in it (semantic conventions, "Kubernetes").</summary>
    public required IReadOnlyDictionary<string, string> Attributes { get; init; }

    /// <summary>Its labels, annotations and namespace.</summary>
    public required PodInfo Info { get; init; }

    /// <summary>Reads a pod.</summary>
    /// <exception cref="JsonException">It is no pod.</exception>
    public static PodFacts Parse(JsonElement pod)
    {
        if (!pod.TryGetProperty("metadata", out JsonElement metadata) || Text(metadata, "uid") is not { } uid) throw new JsonException("an object without metadata.uid");
        Dictionary<string, string> labels = Texts(metadata, "labels");
        Dictionary<string, string> attributes = new(StringComparer.Ordinal) { ["k8s.pod.uid"] = uid };
        Set("k8s.pod.name", Text(metadata, "name"));
        Set("k8s.namespace.name", Text(metadata, "namespace"));
        Set("k8s.node.name", pod.TryGetProperty("spec", out JsonElement spec) ? Text(spec, "nodeName") : null);
        pod.TryGetProperty("status", out JsonElement status);
        Set("k8s.pod.start_time", Text(status, "startTime"));
        foreach (JsonElement owner in Items(metadata, "ownerReferences"))
            if (Text(owner, "kind") is { } kind && OwnerAttributes.TryGetValue(kind, out string? attribute)) Set(attribute, Text(owner, "name"));
        // A Deployment names its ReplicaSets NAME-HASH and tells the hash in a label.
        if (attributes.TryGetValue("k8s.replicaset.name", out string? set) && labels.TryGetValue(TemplateHash, out string? hash) && set.EndsWith("-" + hash, StringComparison.Ordinal))
            Set("k8s.deployment.name", set[..^(hash.Length + 1)]);
        return new PodFacts
        {
            Uid = uid,
            Attributes = attributes,
            Containers = ContainersOf(status),
            Info = new PodInfo { Labels = labels, Annotations = Texts(metadata, "annotations"), Namespace = Text(metadata, "namespace") },
        };

        void Set(string attribute, string? value)
        {
            if (!string.IsNullOrEmpty(value)) attributes[attribute] = value;
        }
    }

    private static Dictionary<string, string> ContainersOf(JsonElement status)
    {
        Dictionary<string, string> names = new(StringComparer.Ordinal);
        foreach (string list in (ReadOnlySpan<string>)["initContainerStatuses", "containerStatuses", "ephemeralContainerStatuses"])
            foreach (JsonElement container in Items(status, list))
                // containerd://ID, cri-o://ID, docker://ID
                if (Text(container, "containerID") is { } id && Text(container, "name") is { } name) names[id[(id.IndexOf("://", StringComparison.Ordinal) is >= 0 and int at ? at + 3 : 0)..]] = name;
        return names;
    }

    private static string? Text(JsonElement of, string name) =>
        of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static JsonElement.ArrayEnumerator Items(JsonElement of, string name) =>
        of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : default;

    private static Dictionary<string, string> Texts(JsonElement of, string name) =>
        of.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Object
            ? value.EnumerateObject().Where(p => p.Value.ValueKind == JsonValueKind.String).ToDictionary(p => p.Name, p => p.Value.GetString()!, StringComparer.Ordinal)
            : [];
}
