using Beyla.Ebpf;

namespace Beyla.Host.Attachment;

/// <summary>The per-CPU counters of a tracer (bpf/include/beyla/counters.h), named by the object's BTF.</summary>
internal sealed class BpfCounters
{
    private const string Prefix = "COUNT_";
    private readonly BpfMap _map;
    private readonly (uint Key, string Name)[] _counters;

    public BpfCounters(BpfMap map, IReadOnlyDictionary<string, long> constants)
    {
        _map = map;
        _counters = [.. constants
            .Where(c => c.Key.StartsWith(Prefix, StringComparison.Ordinal) && c.Value < map.MaxEntries)
            .Select(c => ((uint)c.Value, c.Key[Prefix.Length..].ToLowerInvariant().Replace('_', '-')))
            .OrderBy(c => c.Item1)];
    }

    /// <summary>Name (<c>ring-full</c>) and sum over all CPUs of every counter.</summary>
    public IEnumerable<(string Name, ulong Value)> Read() => _counters.Select(c => (c.Name, _map.SumPerCpu(c.Key)));
}
