namespace Beyla.Host.Configuration;

/// <summary><c>[attributes.instance_id]</c></summary>
internal sealed class InstanceIdOptions
{
    /// <summary>Name of this host; null: what the kernel says.</summary>
    public string? HostName { get; init; }

    /// <summary>service.instance.id of every process; null: one for each.</summary>
    public string? InstanceId { get; init; }
}
