using System.Text.RegularExpressions;
using Beyla.Host.Configuration.Settings;
using Beyla.Host.Configuration.Toml;
using FsCheck;
using FsCheck.Fluent;

namespace Beyla.Host.Tests.Configuration;

/// <summary>Random configurations without mistakes, as TOML trees: any of the settings, each with any value of its type in any of its forms.</summary>
internal static class TomlTrees
{
    /// <summary>They need or exclude others.</summary>
    private static readonly string[] Dependent = ["grafana.otlp.cloud_zone", "discovery.system_wide"];

    private static readonly TomlPosition Nowhere = new(1, 1);

    private static readonly Gen<string> Word = Gen.Elements("abcXYZ019_-./".ToCharArray()).NonEmptyListOf().Select(c => string.Concat(c));

    /// <summary>Everything that a string of TOML has to escape, too; never blank, never with a variable.</summary>
    private static readonly Gen<string> Text =
        from start in Word
        from rest in Gen.Elements(" #'\"\\\n\t={}[],äß漢$".ToCharArray()).ListOf()
        from end in Word
        select Regex.Replace(string.Concat(start, string.Concat(rest), end), @"\$\{+", "$");

    private static readonly Gen<long> Port = Gen.Choose(1, 65535).Select(p => (long)p);

    /// <summary>The settings that appear, by key; the settings of services only within <see cref="Services"/>.</summary>
    public static IReadOnlyList<Setting> Settings { get; } =
        [.. KnownSettings.All.Where(s => s.InFile && !s.Key.Contains('[') && !s.Key.Contains('<') && !Dependent.Contains(s.Key) && !SharesVariable(s) && Values(s) is not null)];

    /// <summary>A whole file.</summary>
    public static Gen<TomlTable> Files { get; } =
        from chosen in Gen.SubListOf((IEnumerable<Setting>)Settings)
        from values in Gen.CollectToList(chosen, s => Values(s)!)
        from services in Gen.Choose(0, 3).SelectMany(n => Services().ListOf(n))
        select File(chosen.Zip(values), services);

    private static Gen<TomlTable> Services()
    {
        Gen<TomlValue> name = Text.Select(t => (TomlValue)new TomlString(Nowhere, t)), ports = Values(KnownSettings.ServicesOpenPorts)!;
        return from named in name.OrNull() from open in ports from path in Values(KnownSettings.ServicesExePath)!.OrNull()
               select Table(("name", named), ("open_ports", open), ("exe_path", path));
    }

    /// <summary>Null: the type is unknown here.</summary>
    /// <summary>A variable of several settings cannot say something else for each.</summary>
    private static bool SharesVariable(Setting setting) =>
        setting.Environment.Count > 0 && KnownSettings.All.Any(s => s != setting && s.Environment.Contains(setting.Environment[0]));

    private static Gen<TomlValue>? Values(Setting setting) => (setting.Key, setting.TypeName) switch
    {
        ("ebpf.ring_size", _) => Strings(Gen.Elements("4096", "64KiB", "8MiB")),
        ("plugins.allow", _) => Array(Gen.Elements("attach:*", "payload:url", "helper:bpf_send_signal")),
        ("plugins.hashes", _) => Array(Gen.Elements("0123456789abcdefABCDEF".ToCharArray()).ListOf(64).Select(digits => string.Concat(digits))),
        ("grafana.otlp.cloud_submit", _) => Array(Gen.Elements("traces", "metrics")),
        ("routes.patterns" or "routes.ignored_patterns", _) => Array(Word.Select(w => $"/{w.Replace("/", "", StringComparison.Ordinal)}")),
        ("routes.max_path_segment_cardinality", _) => Gen.Choose(1, 1000).Select(n => (TomlValue)new TomlInteger(Nowhere, n)),
        ("metrics.features", _) => Array(Gen.Elements("application", "application_span", "application_service_graph")),
        ("compat.semconv_stability_opt_in", _) => Array(Gen.Elements("http", "http/dup", "rpc", "database/dup")),
        (_, "text") when setting.Key.EndsWith(".host", StringComparison.Ordinal) => Strings(Gen.Elements("127.0.0.1", "::1", "localhost")),
        (_, "boolean") => Gen.Elements(true, false).Select(b => (TomlValue)new TomlBoolean(Nowhere, b)),
        (_, "number") => Gen.Choose(1, int.MaxValue).Select(n => (TomlValue)new TomlInteger(Nowhere, n)),
        (_, "text") => Strings(Text),
        (_, "regular expression") => Strings(Text.Select(Regex.Escape)),
        (_, "duration") => Strings(from n in Gen.Choose(1, 999) from unit in Gen.Elements("us", "ms", "s") select $"{n}{unit}"),
        (_, "bytes") => Gen.Choose(0, int.MaxValue).Select(n => (TomlValue)new TomlInteger(Nowhere, n)),
        (_, "list") => Array(Word),
        (_, "folders") => Gen.OneOf(Strings(Word), Array(Word)),
        (_, "propagators") => Array(Gen.Elements("tracecontext", "b3", "none")),
        (_, "endpoint") => Strings(Port.Select(p => $"http://collector:{p}/v1")),
        (_, "pairs") => from keys in Word.NonEmptyListOf() from values in Text.ListOf(keys.Count)
                        select (TomlValue)Table([.. keys.Distinct().Zip(values, (k, v) => (k, (TomlValue?)new TomlString(Nowhere, v)))]),
        (_, "ports") => Gen.OneOf(
            Port.Select(p => (TomlValue)new TomlInteger(Nowhere, p)),
            Strings(from a in Port from b in Gen.Choose(0, 10) select $"{a},{Math.Max(1, a - b)}-{a}"),
            Array(Port.Select(p => $"{p}"))),
        (_, var words) when words.Contains(" | ", StringComparison.Ordinal) => Strings(Gen.Elements(words.Split(" | "))),
        _ => null,
    };

    private static Gen<TomlValue> Strings(Gen<string> texts) => texts.Select(t => (TomlValue)new TomlString(Nowhere, t));

    private static Gen<TomlValue> Array(Gen<string> items) => items.NonEmptyListOf().Select(list =>
    {
        TomlArray array = new(Nowhere, ofTables: false);
        array.Items.AddRange(list.Select(i => new TomlString(Nowhere, i)));
        return (TomlValue)array;
    });

    private static TomlTable File(IEnumerable<(Setting Setting, TomlValue Value)> settings, List<TomlTable> services)
    {
        TomlTable root = Table();
        foreach ((Setting setting, TomlValue value) in settings)
            Parent(root, setting.Key).Add(new TomlKeyPart(setting.Name, Nowhere), value);
        if (services.Count == 0) return root;
        TomlArray array = new(Nowhere, ofTables: true);
        array.Items.AddRange(services);
        Parent(root, KnownSettings.Services).Add(new TomlKeyPart("services", Nowhere), array);
        return root;
    }

    private static TomlTable Parent(TomlTable root, string key)
    {
        foreach (string part in key.Split('.')[..^1])
            root = root.TryGet(part, out TomlEntry entry) ? (TomlTable)entry.Value : root.Add(new TomlKeyPart(part, Nowhere), Table());
        return root;
    }

    private static TomlTable Table(params (string Key, TomlValue? Value)[] entries)
    {
        TomlTable table = new(Nowhere, TomlTableOrigin.Header);
        foreach ((string key, TomlValue? value) in entries)
            if (value is not null) table.Add(new TomlKeyPart(key, Nowhere), value);
        return table;
    }
}
