using System.Text.RegularExpressions;

namespace Beyla.Host.Identity;

/// <summary>
/// What a process in a pod tells of its place in Kubernetes without the API server: variables filled by the downward API (the usual names, and those
/// that the OpenTelemetry operator sets), the pod's info files, its cgroup and mounts.
/// </summary>
internal static partial class KubernetesPlace
{
    private const string AttributeAnnotation = "resource.opentelemetry.io/"; // semantic conventions, "Specify resource attributes using Kubernetes annotations"

    private static readonly (string Attribute, string[] Variables)[] Variables =
    [
        ("k8s.pod.name", ["K8S_POD_NAME", "POD_NAME", "MY_POD_NAME", "KUBERNETES_POD_NAME", "OTEL_RESOURCE_ATTRIBUTES_POD_NAME"]),
        ("k8s.namespace.name", ["K8S_NAMESPACE_NAME", "K8S_NAMESPACE", "K8S_POD_NAMESPACE", "POD_NAMESPACE", "MY_POD_NAMESPACE", "KUBERNETES_NAMESPACE"]),
        ("k8s.node.name", ["K8S_NODE_NAME", "NODE_NAME", "MY_NODE_NAME", "KUBERNETES_NODE_NAME", "OTEL_RESOURCE_ATTRIBUTES_NODE_NAME"]),
        ("k8s.pod.uid", ["K8S_POD_UID", "POD_UID", "MY_POD_UID", "OTEL_RESOURCE_ATTRIBUTES_POD_UID"]),
        ("k8s.container.name", ["K8S_CONTAINER_NAME", "CONTAINER_NAME"]),
        ("k8s.deployment.name", ["K8S_DEPLOYMENT_NAME", "DEPLOYMENT_NAME"]),
        ("k8s.cluster.name", ["K8S_CLUSTER_NAME", "CLUSTER_NAME"]),
    ];

    /// <summary>Where the service's name is taken from, the first that is known: semantic conventions, "service attributes" of Kubernetes.</summary>
    private static readonly string[] Owners = ["k8s.deployment.name", "k8s.replicaset.name", "k8s.pod.name", "k8s.container.name"];

    /// <summary>Whether the process runs in a pod.</summary>
    public static bool Contains(ProcessEnvironment environment, ContainerPlace container) =>
        container.PodUid is not null || environment["KUBERNETES_SERVICE_HOST"] is not null;

    /// <summary>Adds the attributes of the pod, and service.* where the pod decides them.</summary>
    /// <param name="attributes">Receives them; what is there already stays.</param>
    /// <param name="environment">The process' variables.</param>
    /// <param name="container">Its container.</param>
    /// <param name="pod">Its pod's files.</param>
    /// <param name="ownNetwork">Whether the pod has a network, and so a host name, of its own: then the host name is the pod's.</param>
    public static void Add(IDictionary<string, string> attributes, ProcessEnvironment environment, ContainerPlace container, PodInfo pod, bool ownNetwork)
    {
        foreach ((string key, string value) in pod.Annotations)
            if (key.StartsWith(AttributeAnnotation, StringComparison.Ordinal)) Set(key[AttributeAnnotation.Length..], value);
        foreach ((string attribute, string[] variables) in Variables) Set(attribute, environment.FirstOf(variables));
        Set("k8s.pod.uid", container.PodUid);
        Set("k8s.container.name", container.ContainerName);
        Set("k8s.namespace.name", pod.Namespace);
        if (ownNetwork) Set("k8s.pod.name", environment["HOSTNAME"]);
        if (attributes.TryGetValue("k8s.pod.name", out string? name) && DeploymentPod().Match(name) is { Success: true } owner)
        {
            Set("k8s.replicaset.name", owner.Groups[1].Value);
            Set("k8s.deployment.name", owner.Groups[2].Value);
        }

        Set("service.name", pod.Labels.GetValueOrDefault("app.kubernetes.io/instance") ?? pod.Labels.GetValueOrDefault("app.kubernetes.io/name"));
        Set("service.version", pod.Labels.GetValueOrDefault("app.kubernetes.io/version"));
        foreach (string attribute in Owners) Set("service.name", attributes.TryGetValue(attribute, out string? value) ? value : null);
        Set("service.namespace", attributes.TryGetValue("k8s.namespace.name", out string? space) ? space : null);

        void Set(string attribute, string? value)
        {
            if (!string.IsNullOrEmpty(value)) attributes.TryAdd(attribute, value);
        }
    }

    // Pods of a Deployment are NAME-HASH-RANDOM; both parts are drawn from letters that spell no words (SafeEncodeString, apimachinery/pkg/util/rand).
    [GeneratedRegex("^(([a-z0-9](?:[-.a-z0-9]*[a-z0-9])?)-[bcdfghjklmnpqrstvwxz2456789]{8,10})-[bcdfghjklmnpqrstvwxz2456789]{5}$")]
    private static partial Regex DeploymentPod();
}
