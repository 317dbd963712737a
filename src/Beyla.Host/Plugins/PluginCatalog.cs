using Beyla.Host.Configuration;
using Beyla.Host.Configuration.Tracers;
using Beyla.Host.Plugins.Trust;
using Microsoft.Extensions.Logging;

namespace Beyla.Host.Plugins;

/// <summary>All plugins of this run: what was found, what became of it, and the tracers that take part. A bad folder costs one log line.</summary>
internal sealed class PluginCatalog : IDisposable
{
    private readonly ILogger _log;
    private readonly PluginHostServices _host;
    private readonly IReadOnlyDictionary<string, TracerOptions> _options;
    private readonly bool _skipGo;
    private readonly PluginPolicy _policy;
    private readonly List<PluginRecord> _records = [];
    private readonly List<(PluginRecord Record, Plugin Plugin)> _plugins = [];

    private PluginCatalog(BeylaOptions options, PluginHostServices host)
    {
        (_host, _options, Settings) = (host, options.Tracers, new TracerSettingsReader(options));
        _policy = new PluginPolicy(options.Plugins);
        _skipGo = options.Discovery.SkipGoSpecificTracers;
        SearchPaths = [.. (options.PluginsPath is [] ? [PluginSearchPath.Default] : options.PluginsPath).Select(Path.GetFullPath).Distinct()];
        _log = host.Loggers.CreateLogger<PluginCatalog>();
    }

    /// <summary>Where plugins were looked for, absolute.</summary>
    public IReadOnlyList<string> SearchPaths { get; }

    /// <summary>The tracers' own settings, and what is wrong with them.</summary>
    public TracerSettingsReader Settings { get; }

    /// <summary>The settings of each tracer, enabled or not.</summary>
    public IReadOnlyList<(string Tracer, IReadOnlyList<TracerSetting> Settings)> AllSettings =>
        [.. _plugins.SelectMany(p => p.Plugin.Tracers).Select(t => (t.Name, t.Settings)).OrderBy(t => t.Name, StringComparer.Ordinal)];

    /// <summary>One row for every folder, in the order in which they were found.</summary>
    public IReadOnlyList<PluginRecord> Records => _records;

    /// <summary>The enabled tracers of all plugins, each a <see cref="TracerFaults"/>.</summary>
    public IReadOnlyList<ITracer> Tracers => [.. _plugins.SelectMany(p => p.Plugin.Tracers).Where(IsEnabled)];

    /// <summary>Loads everything below <see cref="BeylaOptions.PluginsPath"/>.</summary>
    public static PluginCatalog Load(BeylaOptions options, PluginHostServices host)
    {
        PluginCatalog catalog = new(options, host);
        foreach (string path in catalog.SearchPaths) catalog.LoadAll(path);
        catalog.Settings.WarnOfUnknown([.. catalog._plugins.SelectMany(p => p.Plugin.Tracers).Select(t => t.Name)]);
        return catalog;
    }

    /// <summary>Loads one folder; the catalogue then has one record.</summary>
    public static PluginCatalog LoadFolder(string folder, BeylaOptions options, PluginHostServices host)
    {
        PluginCatalog catalog = new(options, host);
        catalog.LoadOne(folder);
        return catalog;
    }

    /// <summary>As <see cref="Load"/>, for those who run the tracers: oddities in their settings are logged.</summary>
    /// <exception cref="ConfigurationException">Settings of tracers are wrong; everything is unloaded again.</exception>
    public static PluginCatalog LoadConfigured(BeylaOptions options, PluginHostServices host)
    {
        PluginCatalog catalog = Load(options, host);
        foreach (string warning in catalog.Settings.Report.Warnings) catalog._log.LogWarning("{Warning}", warning);
        if (catalog.Settings.Report.Errors is not { Count: > 0 } errors) return catalog;
        catalog.Dispose();
        throw new ConfigurationException(errors);
    }

    /// <summary>What would be wrong with the tracers' settings in another configuration. Values that a tracer itself refuses are found when it is loaded.</summary>
    public ConfigurationReport Check(BeylaOptions options)
    {
        TracerSettingsReader reader = new(options);
        foreach ((string tracer, IReadOnlyList<TracerSetting> settings) in AllSettings) reader.Read(tracer, settings);
        return reader.Report;
    }

    /// <summary>Unloads one plugin. The result dies when the plugin's code has left the process.</summary>
    public WeakReference Unload(PluginRecord record)
    {
        int i = _plugins.FindIndex(p => p.Record == record);
        if (i < 0) throw new ArgumentException($"plugin {record.Id} is not loaded.", nameof(record));
        Plugin plugin = _plugins[i].Plugin;
        _plugins.RemoveAt(i);
        _records.Remove(record);
        plugin.Dispose();
        return plugin.Context;
    }

    /// <summary>Unloads everything.</summary>
    public void Dispose()
    {
        foreach ((_, Plugin plugin) in _plugins) plugin.Dispose();
        _plugins.Clear();
    }

    private void LoadAll(string searchPath)
    {
        try
        {
            foreach (string folder in PluginSearchPath.Folders(searchPath)) LoadOne(folder);
        }
        catch (PluginException e)
        {
            Add(new PluginRecord(Path.GetFileName(searchPath), null, null, e.State, e.Message, [], searchPath));
        }
    }

    private void LoadOne(string path)
    {
        // Filled as far as loading gets, so that a refused folder tells what is known of it.
        PluginRecord record = new(Path.GetFileName(path), null, null, PluginState.Refused, null, [], path);
        try
        {
            PluginFolder folder = PluginFolder.Open(path, _policy);
            record = record with { Id = folder.Manifest?.Id ?? record.Id, Version = folder.Manifest?.Version };
            folder.Verify();
            Plugin plugin = Plugin.Load(folder, _host, metadata =>
            {
                record = record with { Id = folder.Manifest?.Id ?? metadata.Name, Version = record.Version ?? metadata.Version, Contract = metadata.Contract };
                RefuseWrongContract(folder.Entry, metadata);
                RefuseSecondId(record.Id);
            });
            record = Accept(plugin, record, folder);
        }
        catch (PluginException e)
        {
            record = record with { State = e.State, Reason = e.Message };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            record = record with { Reason = $"cannot be read: {e.Message}" };
        }
        Add(record);
    }

    private static void RefuseWrongContract(string entry, PluginMetadata metadata)
    {
        if (metadata.Contract is null)
            throw PluginException.Refused($"{entry} is not a Beyla plugin (no assembly attribute BeylaPlugin). Build it with the Beyla build targets.");
        ContractVersion.OfHost.MustRun(ContractVersion.Parse(metadata.Contract));
    }

    private void RefuseSecondId(string id)
    {
        if (_plugins.FirstOrDefault(p => p.Record.Id == id).Record is { } first)
            throw PluginException.Refused($"plugin '{id}' was already loaded from {first.Path}. Remove one of the two.");
    }

    private PluginRecord Accept(Plugin plugin, PluginRecord record, PluginFolder folder)
    {
        string[] names = [.. plugin.Tracers.Select(t => t.Name)];
        if (NameTakenBefore(names) is { } taken)
        {
            plugin.Dispose();
            throw PluginException.Refused(taken);
        }
        Configure(plugin);
        string[] disabled = [.. plugin.Tracers.Where(t => !IsEnabled(t)).Select(t => t.Name)];
        List<string> notes = [];
        if (folder.Manifest is null) notes.Add($"there is no {PluginManifest.FileName}, so the files were not verified");
        if (disabled.Length > 0) notes.Add($"disabled in the configuration: {string.Join(", ", disabled)}");
        record = record with
        {
            State = disabled.Length == names.Length ? PluginState.Disabled : PluginState.Ok,
            Reason = notes.Count == 0 ? null : string.Join("; ", notes),
            Tracers = names,
        };
        _plugins.Add((record, plugin));
        return record;
    }

    private void Configure(Plugin plugin)
    {
        foreach (TracerFaults tracer in plugin.Tracers)
        {
            TracerSettingValues? values = null;
            try
            {
                values = Settings.Read(tracer.Name, tracer.Settings);
                if (values is not null && IsEnabled(tracer)) tracer.Configure(values);
            }
            catch (FormatException e) when (values is not null)
            {
                Settings.Refused(tracer.Name, values, e);
            }
#pragma warning disable CA1031 // Whatever a plugin throws while it is loaded costs this plugin only.
            catch (Exception e)
#pragma warning restore CA1031
            {
                plugin.Dispose();
                throw PluginException.From(e);
            }
        }
    }

    private string? NameTakenBefore(string[] names)
    {
        foreach ((PluginRecord other, _) in _plugins)
            if (other.Tracers.Intersect(names).FirstOrDefault() is { } name)
                return $"tracer '{name}' already comes from {other.Path}. Remove one of the two plugins.";
        return names.GroupBy(n => n).FirstOrDefault(g => g.Count() > 1) is { } twice ? $"two of its tracers are named '{twice.Key}'." : null;
    }

    private bool IsEnabled(TracerFaults tracer) =>
        !(_skipGo && tracer.GoProbes.Count > 0) && (!_options.TryGetValue(tracer.Name, out TracerOptions? options) || options.Enabled);

    private void Add(PluginRecord record)
    {
        _records.Add(record);
        if (record.State is PluginState.Refused or PluginState.Failed)
            _log.LogWarning("{Path}: {State}: {Reason}", record.Path, record.State == PluginState.Failed ? "failed" : "refused", record.Reason);
        else
            _log.LogDebug("plugin {Id} {Version}: {Tracers}{Note}", record.Id, record.Version, string.Join(", ", record.Tracers),
                record.Reason is null ? "" : $" ({record.Reason})");
    }
}
