namespace Beyla.Host.Configuration;

/// <summary><c>[attributes.kubernetes]</c></summary>
internal sealed class KubernetesOptions
{
    /// <summary>Whether the API server is asked.</summary>
    public KubernetesMetadata Enable { get; init; } = KubernetesMetadata.Off;

    /// <summary>The file that says where the API server is and who we are; null: the service account of the agent's pod.</summary>
    public string? KubeconfigPath { get; init; }

    /// <summary>Longest time that processes of pods wait for the first list of pods.</summary>
    public TimeSpan SyncTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The node whose pods are watched; null: this host's name.</summary>
    public string? NodeName { get; init; }
}

/// <summary>Whether the API server of Kubernetes is asked about pods.</summary>
internal enum KubernetesMetadata
{
    /// <summary>Never.</summary>
    Off,

    /// <summary>Always.</summary>
    On,

    /// <summary>When the agent runs in a pod with a service account.</summary>
    Autodetect,
}
