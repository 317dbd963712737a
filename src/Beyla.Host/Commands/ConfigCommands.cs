using System.Text.Json;
using Beyla.Host.Configuration;
using Beyla.Host.Configuration.Tracers;

namespace Beyla.Host.Commands;

/// <summary><c>beyla config check</c> and <c>beyla config show</c>.</summary>
internal static class ConfigCommands
{
    /// <summary>Prints all mistakes and oddities, or that there are none.</summary>
    public static int Check(BeylaConfiguration configuration, TracerSettingsReader tracers, TextWriter output, TextWriter error)
    {
        foreach (string warning in configuration.Report.Warnings.Concat(tracers.Report.Warnings)) error.WriteLine($"warning: {warning}");
        string[] mistakes = [.. configuration.Report.Errors, .. tracers.Report.Errors];
        foreach (string mistake in mistakes) error.WriteLine(mistake);
        if (mistakes.Length > 0) return ExitCode.Usage;
        if (!configuration.Options.HasCriteria) error.WriteLine($"warning: {BeylaConfiguration.NothingSelected}");
        output.WriteLine($"{configuration.FileName ?? "environment"}: ok");
        return ExitCode.Ok;
    }

    /// <summary>Prints each setting with its value and origin, or what is wrong with the tracers' own.</summary>
    public static int Show(BeylaConfiguration configuration, TracerSettingsReader tracers, bool json, TextWriter output, TextWriter error)
    {
        foreach (string mistake in tracers.Report.Errors) error.WriteLine(mistake);
        if (tracers.Report.Errors.Count > 0) return ExitCode.Usage;
        ResolvedSetting[] settings = [.. configuration.Settings, .. tracers.Resolved];
        if (json) output.WriteLine(Json(settings));
        else ShowText(settings, output);
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

    /// <summary>Values are text as in an environment variable, whatever their type; null: not set. The schema is in docs/configuration.md.</summary>
    private static string Json(IReadOnlyList<ResolvedSetting> settings)
    {
        using MemoryStream bytes = new();
        using (Utf8JsonWriter writer = new(bytes, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartObject();
            writer.WriteStartArray("settings");
            foreach (ResolvedSetting setting in settings)
            {
                writer.WriteStartObject();
                writer.WriteString("key", setting.Key);
                writer.WriteString("value", setting.Value);
                writer.WriteString("source", JsonNamingPolicy.CamelCase.ConvertName(setting.Origin.Source.ToString()));
                writer.WriteString("place", setting.Origin.Place);
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
        return System.Text.Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
    }
}
