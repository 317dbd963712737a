using System.Collections.Concurrent;

namespace Beyla.Host.Identity.Kubernetes;

/// <summary>The pods of this node. Written by the watch, asked by whoever names a process.</summary>
/// <param name="patience">Longest time that the first questions wait for the first list.</param>
/// <param name="time">The clock.</param>
internal sealed class PodDirectory(TimeSpan patience, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, PodFacts> _byUid = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource _listed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long _began = time.GetTimestamp();

    /// <summary>How many there are.</summary>
    public int Count => _byUid.Count;

    /// <summary>The pod of a container, with the container's name if it is known; null: no pod of this node. Waits for the first list, for a while.</summary>
    public (PodFacts Pod, string? Container)? Find(ContainerPlace place)
    {
        TimeSpan rest = patience - time.GetElapsedTime(_began);
        if (!_listed.Task.IsCompleted && rest > TimeSpan.Zero) _listed.Task.Wait(rest);
        PodFacts? pod = place.PodUid is { } uid ? _byUid.GetValueOrDefault(uid) : null;
        if (place.ContainerId is not { } id) return pod is null ? null : (pod, null);
        pod ??= _byUid.Values.FirstOrDefault(p => p.Containers.ContainsKey(id));
        return pod is null ? null : (pod, pod.Containers.GetValueOrDefault(id));
    }

    /// <summary>Replaces all by a whole list.</summary>
    public void Replace(IReadOnlyCollection<PodFacts> pods)
    {
        HashSet<string> there = [.. pods.Select(p => p.Uid)];
        foreach (PodFacts pod in pods) Set(pod);
        foreach (string uid in _byUid.Keys)
            if (!there.Contains(uid)) Remove(uid);
        _listed.TrySetResult();
    }

    /// <summary>Adds or replaces one.</summary>
    public void Set(PodFacts pod) => _byUid[pod.Uid] = pod;

    /// <summary>Removes one.</summary>
    public void Remove(string uid) => _byUid.TryRemove(uid, out _);
}
