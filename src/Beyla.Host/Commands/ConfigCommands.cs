using System.Text.Json;
using Beyla.Host.Configuration;
using Beyla.Host.Configuration.Settings;
using Beyla.Host.Configuration.Tracers;

namespace Beyla.Host.Commands;

/// <summary><c>beyla config check</c>, <c>show</c> and <c>schema</c>. The schemas of their JSON are in docs/configuration.md.</summary>
internal static class ConfigCommands
{
    /// <summary>Prints all mistakes and oddities, or that there are none.</summary>
    public static int Check(BeylaConfiguration configuration, TracerSettingsReader tracers, bool json, TextWriter output, TextWriter error)
    {
        ConfigurationMistake[] mistakes = [.. configuration.Report.Mistakes, .. tracers.Report.Mistakes];
        List<string> warnings = [.. configuration.Report.Warnings, .. tracers.Report.Warnings];
        if (mistakes.Length == 0 && !configuration.Options.HasCriteria) warnings.Add(BeylaConfiguration.NothingSelected);
        int exit = mistakes.Length == 0 ? ExitCode.Ok : ExitCode.Usage;
        if (json)
        {
            output.WriteLine(CheckJson(configuration.FileName, mistakes, warnings));
            return exit;
        }
        foreach (string warning in warnings) error.WriteLine($"warning: {warning}");
        foreach (ConfigurationMistake mistake in mistakes) error.WriteLine(mistake);
        if (mistakes.Length == 0) output.WriteLine($"{configuration.FileName ?? "environment"}: ok");
        return exit;
    }

    /// <summary>Prints each setting with its value and origin, or what is wrong with the tracers' own.</summary>
    public static int Show(BeylaConfiguration configuration, TracerSettingsReader tracers, bool json, TextWriter output, TextWriter error)
    {
        foreach (string mistake in tracers.Report.Errors) error.WriteLine(mistake);
        if (tracers.Report.Errors.Count > 0) return ExitCode.Usage;
        ResolvedSetting[] settings = [.. configuration.Settings, .. tracers.Resolved];
        if (json) output.WriteLine(ShowJson(settings));
        else ShowText(settings, output);
        return ExitCode.Ok;
    }

    /// <summary>Prints the JSON Schema of the file.</summary>
    public static int Schema(IReadOnlyList<(string Tracer, IReadOnlyList<TracerSetting> Settings)> tracers, TextWriter output)
    {
        output.WriteLine(JsonText.Of(json => SettingsJsonSchema.Write(json, tracers)));
        return ExitCode.Ok;
    }

    private static void ShowText(IReadOnlyList<ResolvedSetting> settings, TextWriter output)
    {
        int keys = settings.Max(s => s.Key.Length);
        int values = settings.Max(s => Text(s).Length);
        foreach (ResolvedSetting setting in settings)
            output.WriteLine($"{setting.Key.PadRight(keys)}  {Text(setting).PadRight(values)}  {setting.Origin}");
    }

    private static string Text(ResolvedSetting setting) => setting.Value ?? "-";

    private static string CheckJson(string? file, IEnumerable<ConfigurationMistake> mistakes, IEnumerable<string> warnings) => JsonText.Of(json =>
    {
        json.WriteStartObject();
        json.WriteString("file", file);
        json.WriteStartArray("mistakes");
        foreach (ConfigurationMistake mistake in mistakes)
        {
            json.WriteStartObject();
            json.WriteString("place", mistake.Origin.Place);
            json.WriteString("message", mistake.Sentence);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("warnings");
        foreach (string warning in warnings) json.WriteStringValue(warning);
        json.WriteEndArray();
        json.WriteEndObject();
    });

    private static string ShowJson(IEnumerable<ResolvedSetting> settings) => JsonText.Of(json =>
    {
        json.WriteStartObject();
        json.WriteStartArray("settings");
        foreach (ResolvedSetting setting in settings)
        {
            json.WriteStartObject();
            json.WriteString("key", setting.Key);
            json.WriteString("value", setting.Value);
            json.WriteString("source", JsonNamingPolicy.CamelCase.ConvertName(setting.Origin.Source.ToString()));
            json.WriteString("place", setting.Origin.Place);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    });
}
