using Beyla;
using Beyla.Host.Attachment;
using Beyla.Host.Configuration;
using Beyla.Host.Configuration.Settings;
using Beyla.Host.Plugins;
using Microsoft.Extensions.Logging.Abstractions;

namespace Compatibility.Tests;

/// <summary>Fills the grid by inspecting programs, as <c>beyla inspect</c> does, with every group switched on.</summary>
internal sealed class GridInspector
{
    /// <summary>How many missing parts of a group are named.</summary>
    private const int NamedParts = 3;

    private static readonly Lazy<GridInspector> s_instance = new(() => new GridInspector());

    private readonly ExecutableInspector _inspector;
    private readonly (string Tracer, ProbeGroup Group)[] _groups;

    private GridInspector()
    {
        // Twice: only the loaded tracers say which settings switch groups on.
        Dictionary<string, string> switches = GroupsOf(Load([])).Where(g => g.Group.EnabledBy is not null)
            .ToDictionary(g => $"BEYLA_TRACERS_{g.Tracer}_{g.Group.EnabledBy}".Replace('-', '_').ToUpperInvariant(), _ => "true");
        PluginCatalog plugins = Load(switches);
        _inspector = new ExecutableInspector(plugins.Tracers);
        _groups = GroupsOf(plugins);
        Columns = [.. _groups.Select(g => $"{g.Tracer} {g.Group.Name}" + (g.Group.EnabledBy is { } key ? $" (if `{key}`)" : ""))];
    }

    /// <summary>With the plugins of this build.</summary>
    public static GridInspector Instance => s_instance.Value;

    /// <summary>One for each group of each tracer.</summary>
    public IReadOnlyList<string> Columns { get; }

    /// <summary>The row of a program.</summary>
    public GridRow Inspect(PreparedProgram program)
    {
        Inspection inspection = _inspector.Inspect(program.Executable);
        string versions = program.Release.Versions.Length > 0 ? program.Release.Versions : ModulesOf(inspection);
        return new GridRow(program.Program, program.Build, program.Release.GoText, versions, [.. _groups.Select(g => Cell(inspection, g.Tracer, g.Group.Name))]);
    }

    private static GridCell Cell(Inspection inspection, string tracer, string name)
    {
        GroupInspection group = inspection.Tracers.Single(t => t.Name == tracer).Groups.Single(g => g.Name == name);
        if (inspection.IsIdle(group)) return new GridCell(GridCell.Absent);
        return group.Obstacle switch
        {
            // A way to the same spans that comes second is there all the same, for kernels without the first.
            GroupObstacle.None or GroupObstacle.SecondChoice when group.Missing.Count == 0 => new GridCell(GridCell.Yes),
            GroupObstacle.None or GroupObstacle.SecondChoice => new GridCell(GridCell.Without, Parts(group.Missing)),
            GroupObstacle.NoFunctions => new GridCell(GridCell.Absent),
            GroupObstacle.NotNeeded => new GridCell(GridCell.NotNeeded),
            GroupObstacle.PartsMissing => new GridCell(GridCell.No, Parts(group.Missing)),
            GroupObstacle.SwitchedOff => throw new InvalidOperationException($"{tracer} {name} is off though its setting is on"),
            _ => new GridCell(GridCell.No, group.Reason),
        };
    }

    private static string Parts(IReadOnlyList<string> missing) =>
        string.Join("; ", missing.Take(NamedParts)) + (missing.Count > NamedParts ? $"; and {missing.Count - NamedParts} more" : "");

    /// <summary>The libraries that tracers found, by short names: <c>pgx 5.7.2</c>.</summary>
    private static string ModulesOf(Inspection inspection)
    {
        IEnumerable<KeyValuePair<string, string>> modules = inspection.Tracers
            .SelectMany(t => t.Groups.Where(g => g.Obstacle is GroupObstacle.None or GroupObstacle.PartsMissing).SelectMany(g => GoLibraries.Of(inspection, t, g)));
        return string.Join(", ", modules.DistinctBy(m => m.Key).OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => $"{ShortName(m.Key)} {m.Value.TrimStart('v').Split('+')[0]}"));
    }

    private static string ShortName(string module) => module switch
    {
        _ when module.StartsWith("golang.org/", StringComparison.Ordinal) => module["golang.org/".Length..],
        _ => module.Split('/').Last(e => !(e.Length > 1 && e[0] == 'v' && char.IsAsciiDigit(e[1]))),
    };

    private static (string Tracer, ProbeGroup Group)[] GroupsOf(PluginCatalog plugins) =>
        [.. from tracer in plugins.Tracers.OfType<IUprobeSet>()
            let name = ((ITracer)tracer).Name
            orderby name
            from @group in tracer.GoProbes.Select(p => p.Group).Where(g => !g.ByNameOnly).DistinctBy(g => g.Name)
            select (name, @group)];

    private static PluginCatalog Load(Dictionary<string, string> environment)
    {
        environment = new(environment) { ["BEYLA_PLUGINS_PATH"] = Repository.Plugins };
        BeylaConfiguration configuration = BeylaConfiguration.Load(environment, new Dictionary<Setting, string>());
        PluginCatalog plugins = PluginCatalog.Load(configuration.Options, new PluginHostServices(NullLoggerFactory.Instance, TimeProvider.System));
        string[] bad = [.. plugins.Records.Where(r => r.State != PluginState.Ok).Select(r => $"{r.Path}: {r.Reason}")];
        return bad.Length == 0 ? plugins : throw new InvalidOperationException(string.Join("\n", bad));
    }
}
