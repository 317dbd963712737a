using System.Globalization;
using System.Text;
using Beyla.Elf;
using Beyla.Host.Attachment;
using Beyla.Host.Configuration;
using Beyla.Host.Plugins;
using Beyla.Host.Plugins.Permissions;

namespace Beyla.Host.Commands.Plugins;

/// <summary><c>beyla plugin check</c>: everything about a plugin that can be told without privileges and without attaching.</summary>
internal sealed class PluginCheck(BeylaOptions options, PluginHostServices host, TextWriter output)
{
    /// <summary>Checks a plugin, and what it would find in a target.</summary>
    /// <returns>Failed when the target has nothing that it could probe.</returns>
    /// <exception cref="PluginException">The host would not load the plugin.</exception>
    public int Run(string folder, string? target)
    {
        using PluginCatalog catalog = PluginProject.Load(folder, options, host);
        PluginRecord record = catalog.Records[0];
        PluginManifest? manifest = ManifestOf(folder);
        output.WriteLine(folder);
        Line("plugin", $"{record.Id} {record.Version}, tracers {string.Join(", ", record.Tracers)}");
        Line("contract", $"built for {record.Contract}, this host speaks {ContractVersion.OfHost}");
        Line("files", manifest is null ? $"not verified, there is no {PluginManifest.FileName}" : $"{manifest.Hashes.Count} agree with their SHA-256");
        foreach (TracerFaults tracer in catalog.Tracers.Cast<TracerFaults>()) Tell(tracer, manifest?.Permissions ?? PluginPermissions.None);
        return target is null ? ExitCode.Ok : Tell(catalog.Tracers, target);
    }

    private void Tell(TracerFaults tracer, PluginPermissions permissions)
    {
        BpfObjectUse use = BpfObjectUse.Read(tracer.Bpf.Name, tracer.Bpf.Read());
        Line("tables", $"{tracer.Name}: agree with {tracer.Bpf.Name} ({use.Programs.Count} programs, "
            + $"{tracer.GoProbes.Count + tracer.LibraryProbes.Count} probes, {tracer.KernelHooks.Count} kernel hooks)");
        Line("attach", string.Join(", ", use.Programs.Select(p => p.Kind).Distinct().Order(StringComparer.Ordinal)));
        string[] risky = [.. use.Helpers.Where(h => !BpfHelpers.IsSafe(h))];
        Line("helpers", $"{use.Helpers.Count} called, {(risky.Length == 0 ? "all of them safe" : "declared: " + string.Join(", ", risky))}");
        Line("maps", string.Create(CultureInfo.InvariantCulture, $"{Megabytes(use.MapMemory)} MiB of at most {Megabytes(permissions.MapMemory)} MiB"));
        Line("payloads", permissions.Payloads.Count == 0 ? "none declared" : string.Join(", ", permissions.Payloads));
    }

    private int Tell(IReadOnlyList<ITracer> tracers, string target)
    {
        Inspection inspection;
        try
        {
            inspection = TargetInspection.Of(tracers, target, linkedLibraries: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ElfException)
        {
            throw PluginException.Refused($"{target} cannot be inspected: {TargetInspection.Sentence(e, target)}");
        }
        output.WriteLine();
        using MemoryStream text = new();
        InspectionText.Write(inspection, details: true, text);
        output.Write(Encoding.UTF8.GetString(text.ToArray()));
        output.WriteLine();
        string[] works =
        [
            .. inspection.Tracers.SelectMany(t => t.Groups.Where(g => g.Attachable).Select(g => $"{t.Name}/{g.Name}")),
            .. inspection.Libraries.SelectMany(l => l.Groups.Where(g => g.Attachable).Select(g => $"{g.Tracer}/{g.Group.Name} in {Path.GetFileName(l.Path)}")),
            // Hooks of the kernel need nothing of the program.
            .. tracers.OfType<IKprobeSet>().SelectMany(t => t.KernelHooks.Select(h => $"{((ITracer)t).Name}/{h.Group.Name}")),
        ];
        Line("verdict", works.Length > 0 ? $"would be attached: {string.Join(", ", works.Distinct())}" : "nothing of this plugin would be attached there");
        return works.Length > 0 ? ExitCode.Ok : ExitCode.Failed;
    }

    private void Line(string what, string text) => output.WriteLine($"  {what,-12}{text}");

    private static string Megabytes(long bytes) => (bytes / 1024.0 / 1024).ToString("0.0", CultureInfo.InvariantCulture);

    private static PluginManifest? ManifestOf(string folder) =>
        Path.Combine(folder, PluginManifest.FileName) is var path && File.Exists(path) ? PluginManifest.Parse(File.ReadAllBytes(path)) : null;
}
