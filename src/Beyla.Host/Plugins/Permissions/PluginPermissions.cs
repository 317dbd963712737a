using Beyla.Host.Configuration.Toml;

namespace Beyla.Host.Plugins.Permissions;

/// <summary>
/// What a plugin may do, as <c>[permissions]</c> of its <c>plugin.toml</c> declares it. What it does not declare is refused when its BPF object is
/// read; a plugin without a manifest has declared nothing.
/// </summary>
/// <param name="Attach">Kinds of programs beside uprobe and uretprobe, as the sections of the object begin: <c>tp_btf</c>.</param>
/// <param name="Helpers">BPF helpers beyond the safe ones: <c>bpf_send_signal</c>.</param>
/// <param name="Payloads">Classes of content that end up in its spans, see <see cref="KnownPayloads"/>. Told to the operator, who may refuse them.</param>
/// <param name="MapMemory">Most bytes of the maps that are its own.</param>
internal sealed record PluginPermissions(
    IReadOnlyList<string> Attach, IReadOnlyList<string> Helpers, IReadOnlyList<string> Payloads, long MapMemory)
{
    /// <summary>What a plugin may take for its maps that says nothing, bytes.</summary>
    public const long DefaultMapMemory = 64 << 20;

    /// <summary>The payload classes there are.</summary>
    public static readonly IReadOnlyList<string> KnownPayloads = ["url", "headers", "sql-text", "body"];

    /// <summary>Nothing declared.</summary>
    public static PluginPermissions None { get; } = new([], [], [], DefaultMapMemory);

    /// <summary>What the operator's policy is asked about, a word each: <c>attach:tp_btf</c>, <c>helper:bpf_send_signal</c>, <c>payload:url</c>.</summary>
    public IEnumerable<string> Words =>
        Attach.Select(a => "attach:" + a).Concat(Helpers.Select(h => "helper:" + h)).Concat(Payloads.Select(p => "payload:" + p));

    /// <summary>Reads the table <c>[permissions]</c>; without one nothing is declared.</summary>
    /// <exception cref="PluginException">It is malformed, or names something that this host does not know.</exception>
    public static PluginPermissions Parse(TomlTable manifest)
    {
        if (!manifest.TryGet("permissions", out TomlEntry entry)) return None;
        if (entry.Value is not TomlTable table) throw PluginManifest.Mistyped(entry, "permissions", "a table");
        // What is not understood must not be granted by chance.
        if (table.Entries.Keys.FirstOrDefault(k => k is not ("attach" or "helpers" or "payloads" or "map_memory")) is { } unknown)
            throw PluginException.Refused($"{PluginManifest.FileName} declares '{unknown}', a kind of permission that this host does not know. Upgrade the host.");
        PluginPermissions result = new(Texts(table, "attach"), Texts(table, "helpers"), Texts(table, "payloads"), Bytes(table));
        RefuseUnknown(result.Attach, AttachKinds.All, "attach");
        RefuseUnknown(result.Payloads, KnownPayloads, "payloads");
        RefuseUnknown(result.Helpers, BpfHelpers.Names, "helpers");
        return result;
    }

    private static void RefuseUnknown(IReadOnlyList<string> declared, IReadOnlyCollection<string> known, string key)
    {
        if (declared.FirstOrDefault(d => !known.Contains(d)) is not { } unknown) return;
        string meant = Configuration.NearestName.Find(unknown, known) is { } near ? $" Did the author mean '{near}'?" : "";
        throw PluginException.Refused($"{PluginManifest.FileName} declares {key} = '{unknown}', which this host does not know.{meant}");
    }

    private static IReadOnlyList<string> Texts(TomlTable table, string key)
    {
        if (!table.TryGet(key, out TomlEntry entry)) return [];
        return entry.Value is TomlArray { OfTables: false } array && array.Items.All(i => i is TomlString)
            ? [.. array.Items.Select(i => ((TomlString)i).Value)]
            : throw PluginManifest.Mistyped(entry, key, "an array of strings");
    }

    private static long Bytes(TomlTable table)
    {
        if (!table.TryGet("map_memory", out TomlEntry entry)) return DefaultMapMemory;
        return entry.Value is TomlInteger { Value: > 0 } bytes ? bytes.Value : throw PluginManifest.Mistyped(entry, "map_memory", "a number of bytes");
    }
}
