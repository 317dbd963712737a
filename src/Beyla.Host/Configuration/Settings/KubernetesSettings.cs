namespace Beyla.Host.Configuration.Settings;

/// <summary>The settings of <c>[attributes.kubernetes]</c>.</summary>
internal static class KubernetesSettings
{
    private const string Table = "attributes.kubernetes";

    private static readonly KubernetesOptions Defaults = new();

    public static readonly Setting<KubernetesMetadata> Enable = new(
        new ChoiceType<KubernetesMetadata>(("false", KubernetesMetadata.Off), ("true", KubernetesMetadata.On), ("autodetect", KubernetesMetadata.Autodetect)),
        Defaults.Enable)
    {
        Key = $"{Table}.enable",
        Environment = ["BEYLA_KUBE_METADATA_ENABLE"],
        Description = "Asks Kubernetes' API server about the pods of this node; autodetect: when the agent runs in a pod with a service account.",
    };

    public static readonly Setting<string?> KubeconfigPath = new(new TextType(), Defaults.KubeconfigPath)
    {
        Key = $"{Table}.kubeconfig_path",
        Environment = ["KUBECONFIG"],
        Description = "File that says where the API server is; else the service account of the agent's pod.",
    };

    public static readonly Setting<TimeSpan> SyncTimeout = new(new DurationType(), Defaults.SyncTimeout)
    {
        Key = $"{Table}.informers_sync_timeout",
        Environment = ["BEYLA_KUBE_INFORMERS_SYNC_TIMEOUT"],
        Description = "Longest time that processes of pods wait at the start for the first list of pods.",
    };

    public static readonly Setting<string?> NodeName = new(new TextType(), Defaults.NodeName)
    {
        Key = $"{Table}.node_name",
        Environment = ["BEYLA_KUBE_NODE_NAME"],
        Description = "The node whose pods are watched (downward API: spec.nodeName); else this host's name.",
    };

    /// <summary>In the order of the documentation.</summary>
    public static IReadOnlyList<Setting> All { get; } = [Enable, KubeconfigPath, SyncTimeout, NodeName];
}
