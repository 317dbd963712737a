using Beyla.Host.Configuration;
using Beyla.Host.Configuration.Settings;

namespace Beyla.Host.Tests.Configuration;

/// <summary>Loads a configuration from a file's text, variables and flags; the file is called <c>beyla.toml</c> in messages.</summary>
internal sealed class ConfigurationSources
{
    public string? Toml { get; init; }

    public Dictionary<string, string> Environment { get; init; } = [];

    public Dictionary<Setting, string> Flags { get; init; } = [];

    /// <summary>Messages with the file's folder taken away.</summary>
    public string[] Errors { get; private set; } = [];

    public BeylaConfiguration Load()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("beyla-configuration-");
        try
        {
            Dictionary<Setting, string> flags = new(Flags);
            if (Toml is not null)
            {
                string file = Path.Combine(folder.FullName, "beyla.toml");
                File.WriteAllText(file, Toml);
                flags.Add(KnownSettings.ConfigPath, file);
            }
            BeylaConfiguration configuration = BeylaConfiguration.Load(Environment, flags);
            Errors = [.. configuration.Report.Errors.Select(e => e.Replace(folder.FullName + "/", "", StringComparison.Ordinal))];
            return configuration;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Loads and expects no mistake.</summary>
    public BeylaOptions Options()
    {
        BeylaConfiguration configuration = Load();
        Assert.Empty(Errors);
        return configuration.Options;
    }

    /// <summary>Loads and gives the messages.</summary>
    public string[] Mistakes()
    {
        Load();
        return Errors;
    }
}
