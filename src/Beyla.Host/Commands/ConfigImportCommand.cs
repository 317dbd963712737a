using Beyla.Host.Configuration.Import;
using Beyla.Host.Configuration.Toml;

namespace Beyla.Host.Commands;

/// <summary><c>beyla config import FILE</c>: the original's YAML on stdout as TOML, what could not be carried over on stderr.</summary>
internal static class ConfigImportCommand
{
    /// <summary>Translates a file. 0 also when something was left out: that is for a human to judge.</summary>
    public static int Run(string file, TextWriter output, TextWriter error)
    {
        try
        {
            (TomlTable configuration, IReadOnlyList<ImportNote> notes) = ConfigurationImport.Translate(YamlReader.Parse(File.ReadAllText(file), file));
            foreach (ImportNote note in notes) error.WriteLine($"{file}:{note.Position}: {note.Sentence}");
            output.Write(TomlText.Of(configuration));
            return ExitCode.Ok;
        }
        catch (TomlException e)
        {
            error.WriteLine(e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            error.WriteLine($"beyla config import: cannot read '{file}': {Configuration.FileErrors.Reason(e, file)}");
        }
        return ExitCode.Usage;
    }
}
