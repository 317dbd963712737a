namespace Beyla.Host.Plugins.Permissions;

/// <summary>Compares what a BPF object does with what its plugin declared.</summary>
internal static class PermissionCheck
{
    /// <summary>One sentence for each thing that is not declared; empty: all is.</summary>
    public static IReadOnlyList<string> Undeclared(PluginPermissions declared, BpfObjectUse use)
    {
        List<string> problems = [];
        foreach ((string program, string kind) in use.Programs)
            if (!AttachKinds.All.Contains(kind)) problems.Add($"program '{program}' is of a kind that this host cannot attach ({kind})");
        foreach (string kind in use.Programs.Select(p => p.Kind).Distinct().Where(AttachKinds.All.Contains))
            if (!AttachKinds.OfEveryPlugin.Contains(kind) && !declared.Attach.Contains(kind))
                problems.Add($"program '{use.Programs.First(p => p.Kind == kind).Program}' is attached by {kind}, which {PluginManifest.FileName} does not declare (attach)");
        foreach (string helper in use.Helpers)
            if (!BpfHelpers.IsSafe(helper) && !declared.Helpers.Contains(helper))
                problems.Add($"its code calls {helper}, which {PluginManifest.FileName} does not declare (helpers)");
        if (use.MapMemory > declared.MapMemory)
            problems.Add($"its maps take {use.MapMemory} bytes, {PluginManifest.FileName} declares at most {declared.MapMemory} (map_memory)");
        return problems;
    }
}
