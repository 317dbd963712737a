using Beyla.Host.Configuration.Settings;
using Beyla.Host.Discovery;
using Beyla.Host.Identity.Kubernetes;
using Microsoft.Extensions.Logging;

namespace Beyla.Host.Identity;

/// <summary>
/// Finds out who a process is. Stronger comes first: what it was told by OpenTelemetry's variables, then Kubernetes, then its container.
/// </summary>
/// <param name="commandLine">Whether process.command_line is read: it may hold passwords.</param>
/// <param name="pods">What Kubernetes' API server says of pods; null: it is not asked.</param>
/// <param name="log">For what a process was told and cannot be read.</param>
internal sealed class ProcessIdentities(bool commandLine, PodDirectory? pods, ILogger<ProcessIdentities> log)
{
    private const int ShortContainerId = 12;

    private readonly Lazy<string?> _hostNetwork = new(HostNetwork);

    /// <summary>Reads it; of a process that is gone there is little.</summary>
    public ProcessIdentity Read(ProcessInfo process)
    {
        ProcessEnvironment environment = ProcessEnvironment.Read(process.Pid);
        ContainerPlace container = ContainerPlace.Read(process.Pid);
        Dictionary<string, string> attributes = new(StringComparer.Ordinal);

        AddOwn(attributes, process, environment);
        if (container.ContainerId is { } id) attributes.TryAdd("container.id", id);
        if (KubernetesPlace.Contains(environment, container)) AddPod(attributes, process, environment, container);
        else if (ChosenHostName(environment, container) is { } name)
            attributes.TryAdd("service.name", name);
        if (commandLine && Procfs.CommandLine(process.Pid) is { Length: > 0 } line) attributes.TryAdd("process.command_line", line);
        return new ProcessIdentity(attributes, environment);
    }

    /// <summary>The API server knows best; without it the pod's own surroundings tell.</summary>
    private void AddPod(Dictionary<string, string> attributes, ProcessInfo process, ProcessEnvironment environment, ContainerPlace container)
    {
        PodInfo info = PodInfo.Read(process.Pid);
        if (pods?.Find(container) is (var pod, var containerName))
        {
            info = pod.Info;
            foreach ((string key, string value) in pod.Attributes) attributes.TryAdd(key, value);
            if (containerName is not null) attributes.TryAdd("k8s.container.name", containerName);
        }
        KubernetesPlace.Add(attributes, environment, container, info, ownNetwork: Procfs.NetworkNamespace(process.Pid) != _hostNetwork.Value);
    }

    private void AddOwn(Dictionary<string, string> attributes, ProcessInfo process, ProcessEnvironment environment)
    {
        if (environment["OTEL_SERVICE_NAME"] is { } name) attributes["service.name"] = name;
        if (environment["OTEL_RESOURCE_ATTRIBUTES"] is not { } own) return;
        try
        {
            foreach ((string key, string value) in new PairsType().Parse(own)) attributes.TryAdd(key, value);
        }
        catch (FormatException e)
        {
            // Then none of it counts (specification: resource SDK).
            log.LogWarning("pid {Pid} ({Path}): its OTEL_RESOURCE_ATTRIBUTES is not read: {Reason}.", process.Pid, process.ExecutablePath, e.Message);
        }
    }

    /// <summary>A container's host name is the start of its id, unless somebody chose one.</summary>
    private static string? ChosenHostName(ProcessEnvironment environment, ContainerPlace container) =>
        container.ContainerId is { } id && environment["HOSTNAME"] is { } name && !id.StartsWith(name[..Math.Min(name.Length, ShortContainerId)], StringComparison.Ordinal)
            ? name
            : null;

    /// <summary>The machine's own network namespace; null where process 1 is not the machine's but a pod's.</summary>
    private static string? HostNetwork() => ContainerPlace.Read(1) == ContainerPlace.None ? Procfs.NetworkNamespace(1) : null;
}
