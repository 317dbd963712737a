using Beyla.Host.Configuration.Settings;
using Beyla.Host.Configuration.Sources;
using Beyla.Host.Configuration.Toml;
using Beyla.Host.Configuration.Tracers;
using Microsoft.Extensions.Configuration;

namespace Beyla.Host.Configuration;

/// <summary>The merged configuration: flags beat the environment, which beats the file, which beats the defaults.</summary>
internal sealed class BeylaConfiguration
{
    /// <summary>Why <c>run</c> refuses to start without <see cref="BeylaOptions.HasCriteria"/>.</summary>
    public const string NothingSelected = "nothing says which processes to trace; give --open-port 8080 (BEYLA_OPEN_PORT), "
        + "--executable-name REGEX (BEYLA_EXECUTABLE_NAME) or [[discovery.services]] in the configuration file";

    private readonly IReadOnlyDictionary<string, string> _environment;
    private readonly IReadOnlyDictionary<Setting, string> _flags;

    private BeylaConfiguration(IReadOnlyDictionary<string, string> environment, IReadOnlyDictionary<Setting, string> flags) =>
        (_environment, _flags) = (environment, flags);

    /// <summary>The file that was read, as the user named it; null: none.</summary>
    public string? FileName { get; private init; }

    /// <summary>To be used only when <see cref="Report"/> holds no error.</summary>
    public required BeylaOptions Options { get; init; }

    /// <summary>Every setting with its value and where the value came from.</summary>
    public required IReadOnlyList<ResolvedSetting> Settings { get; init; }

    /// <summary>What is wrong with it.</summary>
    public required ConfigurationReport Report { get; init; }

    /// <summary>Reads and merges all sources. Mistakes are in <see cref="Report"/>; nothing is thrown for them.</summary>
    /// <param name="environment">Environment variables.</param>
    /// <param name="flags">Flags given, as text.</param>
    public static BeylaConfiguration Load(IReadOnlyDictionary<string, string> environment, IReadOnlyDictionary<Setting, string> flags)
    {
        ConfigurationReport report = new();
        FlagsProvider flagsProvider = new(flags);
        EnvironmentProvider environmentProvider = new(environment, report);
        ResolvedSetting file = ConfigFile(flagsProvider, environmentProvider);
        List<IConfigurationProvider> providers = [environmentProvider, flagsProvider];
        TomlConfigurationProvider? fileProvider = ReadFile(file, report) is { } document
            ? new TomlConfigurationProvider(TomlExpansion.Expand(document, environment, report), report)
            : null;
        if (fileProvider is not null) providers.Insert(0, fileProvider);

        ConfigurationRoot root = new(providers);
        OptionsBinder binder = new(root, report, fileProvider?.Tracers ?? new Dictionary<string, TracerTable>(), environmentProvider.TracerVariables);
        BeylaOptions options = binder.Bind();
        OptionsChecks.Run(options, binder.Resolved, report);
        return new BeylaConfiguration(environment, flags) { FileName = file.Value, Options = options, Settings = [file, .. binder.Resolved], Report = report };
    }

    /// <summary>Reads the file again and merges it with the same variables and flags.</summary>
    public BeylaConfiguration LoadAgain() => Load(_environment, _flags);

    private static ResolvedSetting ConfigFile(params ReadOnlySpan<SettingsProvider> strongestFirst)
    {
        string path = KnownSettings.ConfigPath.Path;
        foreach (SettingsProvider provider in strongestFirst)
            if (provider.TryGet(path, out string? file)) return new ResolvedSetting(KnownSettings.ConfigPath.Key, file, provider.OriginOf(path));
        return new ResolvedSetting(KnownSettings.ConfigPath.Key, null, default);
    }

    private static TomlDocument? ReadFile(ResolvedSetting file, ConfigurationReport report)
    {
        if (file.Value is null) return null;
        try
        {
            return TomlDocument.Parse(File.ReadAllBytes(file.Value), file.Value);
        }
        catch (TomlException e)
        {
            report.Error(new SettingOrigin(SettingSource.File, file.Value, e.Position), e.Sentence);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            report.Error(file.Origin, $"cannot read the configuration file '{file.Value}': {FileErrors.Reason(e, file.Value)}");
        }
        return null;
    }
}
