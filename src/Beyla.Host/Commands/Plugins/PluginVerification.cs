using System.Globalization;
using Beyla.Ebpf;
using Beyla.Host.Attachment;
using Beyla.Host.Configuration;
using Beyla.Host.Plugins;
using Beyla.Host.Plugins.Permissions;

namespace Beyla.Host.Commands.Plugins;

/// <summary>
/// <c>beyla plugin verify</c>: each program through this kernel's verifier, alone and without attaching it. Takes the privilege to load programs, and
/// says what this kernel makes of them; older kernels may judge otherwise.
/// </summary>
internal sealed class PluginVerification(BeylaOptions options, PluginHostServices host, TextWriter output)
{
    /// <summary>Verifies all programs.</summary>
    /// <returns>Failed when a program is rejected that the plugin cannot do without: one that is no part of a front, or of the last front of a hook.</returns>
    /// <exception cref="PluginException">The host would not load the plugin.</exception>
    public int Run(string folder)
    {
        using PluginCatalog catalog = PluginProject.Load(folder, options, host);
        bool verified = true;
        foreach (TracerFaults tracer in catalog.Tracers.Cast<TracerFaults>()) verified &= Verify(tracer);
        return verified ? ExitCode.Ok : ExitCode.Failed;
    }

    private bool Verify(TracerFaults tracer)
    {
        byte[] image = tracer.Bpf.Read();
        List<(string Name, string Section)> programs = [];
        using (BpfObjectSpec spec = BpfObjectSpec.Open(tracer.Bpf.Name, image))
        {
            programs.AddRange(spec.Programs.Select(p => (p, spec.Section(p))));
            output.WriteLine($"{tracer.Name}: {tracer.Bpf.Name}");
            WriteMaps(spec);
        }
        HashSet<string> rejected = [];
        int width = programs.Max(p => p.Name.Length), sections = programs.Max(p => p.Section.Length);
        foreach ((string name, string section) in programs)
        {
            string verdict;
            try
            {
                VerifierNumbers numbers = Open(tracer, image).Verify(name);
                verdict = string.Create(CultureInfo.InvariantCulture,
                    $"ok   {numbers.Processed,7} instructions walked  {numbers.States,5} states  {numbers.StackBytes,3} bytes of stack");
            }
            catch (BpfException e)
            {
                rejected.Add(name);
                verdict = $"no   {e.Message}";
            }
            output.WriteLine($"  {name.PadRight(width)}  {section.PadRight(sections)}  {verdict}");
        }
        return !rejected.Overlaps(programs.Select(p => p.Name).Except(OfFronts(tracer))) && tracer.KernelHooks.All(h => Works(h, rejected));
    }

    private static IEnumerable<string> OfFronts(TracerFaults tracer) => tracer.KernelHooks.SelectMany(h => h.Fronts).SelectMany(f => f.Probes).Select(p => p.Program);

    private static bool Works(KernelHook hook, HashSet<string> rejected) =>
        hook.Failure != FailureMode.Required || hook.Fronts.Any(f => !f.Probes.Any(p => rejected.Contains(p.Program)));

    private static BpfObjectSpec Open(TracerFaults tracer, byte[] image)
    {
        BpfObjectSpec spec = BpfObjectSpec.Open(tracer.Bpf.Name, image);
        try
        {
            TracerHost.SetVariables(spec, tracer, id: 1, AttachmentFlags.B3);
            spec.UseUprobeMulti(KernelFeatures.UprobeMulti.IsSupported);
            return spec;
        }
        catch
        {
            spec.Dispose();
            throw;
        }
    }

    private void WriteMaps(BpfObjectSpec spec)
    {
        foreach (string map in spec.Maps)
        {
            MapLayout layout = spec.Layout(map);
            string shared = BpfObjectUse.IsOwn(map) ? "" : ", shared by all tracers";
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  map {map}: {layout}, {layout.Bytes / 1024.0:0.#} KiB{shared}"));
        }
    }
}
