using System.Text;
using System.Text.RegularExpressions;
using Beyla.Host.Discovery;

namespace Beyla.Host.Identity;

/// <summary>Which container and pod a process runs in, by what the kernel shows of it. No container runtime is asked.</summary>
/// <param name="ContainerId">container.id: 64 hex digits, of ECS on Fargate 32 with a number; null: in no container that is known.</param>
/// <param name="PodUid">k8s.pod.uid, as an object's uid or (static pods) 32 hex digits; null: in no pod.</param>
/// <param name="ContainerName">k8s.container.name.</param>
internal sealed partial record ContainerPlace(string? ContainerId, string? PodUid, string? ContainerName)
{
    private const int MostBytes = 1 << 20;

    /// <summary>In no container.</summary>
    public static ContainerPlace None { get; } = new(null, null, null);

    /// <summary>Reads /proc/PID/cgroup and, where that does not tell all, /proc/PID/mountinfo.</summary>
    public static ContainerPlace Read(int pid)
    {
        ContainerPlace place = OfCgroups(Lines(pid, "cgroup"));
        // With a cgroup namespace of its own the path is just "/"; and no cgroup holds the container's name.
        return place.ContainerId is not null && place.PodUid is null ? place : place.Or(OfMounts(Lines(pid, "mountinfo")));
    }

    /// <summary>
    /// By cgroup paths (cgroups(7): <c>hierarchy:controllers:path</c>), version 1 or 2, of Docker, containerd, CRI-O, Podman and ECS, whether
    /// systemd manages them or not. The innermost container counts. The monitor of a container (conmon) is not in it.
    /// </summary>
    public static ContainerPlace OfCgroups(IEnumerable<string> lines)
    {
        ContainerPlace place = None;
        foreach (string line in lines)
        {
            string path = line[(line.IndexOf(':', line.IndexOf(':', StringComparison.Ordinal) + 1) + 1)..];
            if (path.Contains("conmon", StringComparison.Ordinal)) continue;
            string? container = Enumerable.Reverse(path.Split('/')).Select(s => ContainerSegment().Match(s)).FirstOrDefault(m => m.Success)?.Groups[1].Value;
            Match pod = PodSegment().Match(path);
            place = place.Or(new ContainerPlace(container, pod.Success ? pod.Groups[1].Value.Replace('_', '-') : null, null));
        }
        return place;
    }

    /// <summary>
    /// By the files that runtimes mount into a container (proc_pid_mountinfo(5)): Docker and Podman mount /etc/hostname out of the container's own
    /// folder, the kubelet mounts /etc/hosts and /dev/termination-log out of the pod's.
    /// </summary>
    public static ContainerPlace OfMounts(IEnumerable<string> lines)
    {
        ContainerPlace place = None;
        foreach (string line in lines)
        {
            string[] words = line.Split(' ', 6);
            if (words.Length < 6 || words[4] is not ("/etc/hostname" or "/etc/hosts" or "/etc/resolv.conf" or "/dev/termination-log")) continue;
            if (ContainerFolder().Match(words[3]) is { Success: true } container) place = place.Or(new ContainerPlace(container.Groups[1].Value, null, null));
            if (PodFolder().Match(words[3]) is { Success: true } pod)
                place = place.Or(new ContainerPlace(null, pod.Groups[1].Value, pod.Groups[2].Success ? pod.Groups[2].Value : null));
        }
        return place;
    }

    private ContainerPlace Or(ContainerPlace other) => new(ContainerId ?? other.ContainerId, PodUid ?? other.PodUid, ContainerName ?? other.ContainerName);

    private static string[] Lines(int pid, string file) => Encoding.UTF8.GetString(Procfs.ReadAll(pid, file, MostBytes)).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    // docker-ID.scope, cri-containerd-ID.scope, crio-ID.scope, libpod-ID.scope, SLICE:cri-containerd:ID, or the id alone.
    [GeneratedRegex(@"^(?:.*[-:])?([0-9a-f]{64}|[0-9a-f]{32}-[0-9]+)(?:\.scope)?$")]
    private static partial Regex ContainerSegment();

    // kubepods/burstable/podUID, kubepods-burstable-podUID.slice (with _ for -, because - separates slices).
    [GeneratedRegex(@"[/-]pod([0-9a-f]{8}(?:[-_][0-9a-f]{4}){3}[-_][0-9a-f]{12}|[0-9a-f]{32})(?:\.slice)?(?=[/:]|$)")]
    private static partial Regex PodSegment();

    [GeneratedRegex(@"/(?:containers|overlay-containers)/([0-9a-f]{64})/")]
    private static partial Regex ContainerFolder();

    [GeneratedRegex(@"/pods/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32})/(?:etc-hosts$|containers/([^/]+)/)")]
    private static partial Regex PodFolder();
}
