using Beyla.Host.Configuration;

namespace Beyla.Host.Commands.Doctor;

/// <summary>Mistakes of the configuration, and what it asks for.</summary>
internal static class ConfigurationChecks
{
    private const string Area = "configuration";

    /// <param name="configuration">File, variables and flags.</param>
    /// <param name="tracers">What is wrong with the tracers' own settings.</param>
    public static IEnumerable<Finding> Run(BeylaConfiguration configuration, ConfigurationReport tracers)
    {
        ConfigurationMistake[] mistakes = [.. configuration.Report.Mistakes, .. tracers.Mistakes];
        foreach (ConfigurationMistake mistake in mistakes)
            yield return new(Area, mistake.Origin.Place ?? "settings", FindingState.Missing, mistake.Sentence) { IsFatal = true, Remedy = "beyla run refuses to start with it" };
        foreach (string warning in configuration.Report.Warnings.Concat(tracers.Warnings))
            yield return new(Area, "oddity", FindingState.Limited, warning);
        if (mistakes.Length == 0) yield return new(Area, "settings", FindingState.Ok, $"{configuration.FileName ?? "environment and flags"}: no mistake");
        if (!configuration.Options.HasCriteria)
        {
            yield return new(Area, "selection", FindingState.Missing, "nothing says which processes to trace")
            {
                Remedy = BeylaConfiguration.NothingSelected[(BeylaConfiguration.NothingSelected.IndexOf(';', StringComparison.Ordinal) + 2)..],
                IsFatal = true,
            };
        }
    }
}
