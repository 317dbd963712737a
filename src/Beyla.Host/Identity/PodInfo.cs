using System.Text.RegularExpressions;
using Beyla.Ebpf;

namespace Beyla.Host.Identity;

/// <summary>
/// Annotations and labels of a pod where it mounts them by the downward API as /etc/podinfo/annotations and /etc/podinfo/labels, the folder of
/// Kubernetes' own documentation, and the namespace that every service account's volume holds.
/// </summary>
internal sealed partial class PodInfo
{
    private const int MostBytes = 256 * 1024; // Kubernetes allows as much for all annotations of an object

    private const string NamespaceFile = "/var/run/secrets/kubernetes.io/serviceaccount/namespace";

    /// <summary>Nothing is known.</summary>
    public static PodInfo None { get; } = new();

    /// <summary>metadata.annotations.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();

    /// <summary>metadata.labels.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>metadata.namespace.</summary>
    public string? Namespace { get; init; }

    /// <summary>Reads what there is, in the process' own root.</summary>
    public static PodInfo Read(int pid) => new()
    {
        Annotations = Parse(ProcessRoot.TryReadText(pid, "/etc/podinfo/annotations", MostBytes) ?? ""),
        Labels = Parse(ProcessRoot.TryReadText(pid, "/etc/podinfo/labels", MostBytes) ?? ""),
        Namespace = ProcessRoot.TryReadText(pid, NamespaceFile, 256)?.Trim() is { Length: > 0 } name ? name : null,
    };

    /// <summary>Lines like <c>key="value"</c>, quoted as in Go (pkg/fieldpath of Kubernetes formats maps with %q).</summary>
    public static IReadOnlyDictionary<string, string> Parse(string text)
    {
        Dictionary<string, string> entries = [];
        foreach (string line in text.Split('\n'))
        {
            int equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0 || line.Length < equals + 3 || line[equals + 1] != '"' || line[^1] != '"') continue;
            entries[line[..equals]] = Escape().Replace(line[(equals + 2)..^1], e => Unescape(e.Value));
        }
        return entries;
    }

    private static string Unescape(string escape) => escape[1] switch
    {
        'n' => "\n",
        't' => "\t",
        'r' => "\r",
        'u' or 'U' or 'x' when escape.Length > 2 => char.ConvertFromUtf32(Convert.ToInt32(escape[2..], 16)),
        _ => escape[1..],
    };

    [GeneratedRegex(@"\\(?:u(?!d[89a-f])[0-9a-f]{4}|U000[0-9a-f]{5}|U0010[0-9a-f]{4}|x[0-9a-f]{2}|.)")]
    private static partial Regex Escape();
}
