namespace Beyla.Host.Configuration.Settings;

/// <summary>The settings of <c>[attributes.instance_id]</c>.</summary>
internal static class InstanceIdSettings
{
    public static readonly Setting<string?> HostName = new(new TextType(), null)
    {
        Key = "attributes.instance_id.override_hostname",
        Environment = ["BEYLA_HOSTNAME"],
        Description = "Name of this host in host.name and service.instance.id; else what the kernel says.",
    };

    public static readonly Setting<string?> InstanceId = new(new TextType(), null)
    {
        Key = "attributes.instance_id.override_instance_id",
        Environment = ["BEYLA_INSTANCE_ID"],
        Description = "service.instance.id of everything that is traced; else host, process id and start time. Only for one traced process.",
    };

    /// <summary>In the order of the documentation.</summary>
    public static IReadOnlyList<Setting> All { get; } = [HostName, InstanceId];
}
