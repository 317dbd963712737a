using System.Text.RegularExpressions;

namespace Beyla.Testing;

/// <summary>The C source of a tracer's BPF object, with which the tracer's tables must agree: the slots and programs that it names.</summary>
public sealed partial class BpfSource
{
    private BpfSource(string text) => Text = text;

    /// <summary>The source itself, and behind it the headers that are the tracer's own.</summary>
    public string Text { get; }

    /// <summary>Each <c>SLOT_NAME,</c> on a line of its own, as tables write it: <c>name</c>.</summary>
    public IReadOnlyList<string> Slots => [.. SlotNames().Matches(Text).Select(m => m.Groups[1].Value.ToLowerInvariant())];

    /// <summary>The functions behind <c>SEC("uprobe")</c>.</summary>
    public IReadOnlyList<string> Programs => [.. ProgramNames().Matches(Text).Select(m => m.Groups[1].Value)];

    /// <summary>Reads <c>NAME.bpf.c</c> and the headers in the folder <c>NAME</c> beside it.</summary>
    /// <param name="path">Of the <c>.bpf.c</c> file, below the test's own folder or any above it.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static BpfSource Find(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string source = Path.Combine(folder.FullName, path);
            if (!File.Exists(source)) continue;
            string own = Path.Combine(Path.GetDirectoryName(source)!, Path.GetFileName(source).Split('.')[0]);
            string[] headers = Directory.Exists(own) ? Directory.GetFiles(own, "*.h") : [];
            return new(string.Concat(headers.Order(StringComparer.Ordinal).Prepend(source).Select(File.ReadAllText)));
        }
        throw new FileNotFoundException($"{path} is neither below {AppContext.BaseDirectory} nor below a folder above it.");
    }

    /// <summary>The slots that a tracer's tables fill, each once.</summary>
    public static IEnumerable<string> SlotsOf(IUprobeSet tables)
    {
        ArgumentNullException.ThrowIfNull(tables);
        return tables.GoFields.Select(f => f.Slot).Concat(tables.GoItabs.Select(i => i.Slot)).Concat(tables.GoTypes.Select(t => t.Slot))
            .Concat(tables.GoroutineArguments.SelectMany(a => new[] { a.StartSlot, a.ArgumentSlot })).Distinct();
    }

    /// <summary>The programs that a tracer's tables attach, each once.</summary>
    public static IEnumerable<string> ProgramsOf(IUprobeSet tables)
    {
        ArgumentNullException.ThrowIfNull(tables);
        return tables.GoProbes.Select(p => p.Program).Distinct();
    }

    [GeneratedRegex(@"^\tSLOT_(\w+),", RegexOptions.Multiline)]
    private static partial Regex SlotNames();

    [GeneratedRegex(@"^SEC\(""uprobe""\)\nint (\w+)\(", RegexOptions.Multiline)]
    private static partial Regex ProgramNames();
}
