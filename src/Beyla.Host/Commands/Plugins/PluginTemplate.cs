using System.Text;
using Beyla.Host.Plugins;
using Beyla.Validation;

namespace Beyla.Host.Commands.Plugins;

/// <summary>
/// <c>beyla plugin new</c>: the files of the template package (sdk/Beyla.Templates) with the name in place, without the need to install it. The words
/// that are replaced are those of its template.json.
/// </summary>
internal static class PluginTemplate
{
    private const string Common = "common", FeedFile = "nuget.config";

    /// <summary>The kinds, the first is the default.</summary>
    public static IReadOnlyList<string> Kinds { get; } = ["go-function", "c-library", "kernel-hook"];

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "templates");

    /// <summary>Writes the project into a folder of its name.</summary>
    /// <returns>What to do next, for the user.</returns>
    /// <exception cref="PluginException">Name or kind will not do, or the folder is there already.</exception>
    public static IEnumerable<string> Write(string name, string kind, string? feed)
    {
        if (!Kinds.Contains(kind)) throw PluginException.Refused($"--kind is '{kind}'; it can be {string.Join(", ", Kinds)}.");
        if (name.Length == 0 || !char.IsAsciiLetterUpper(name[0]) || !name.All(char.IsAsciiLetterOrDigit))
            throw PluginException.Refused($"'{name}' is no name in PascalCase, like QueueClient.");
        // The namespace has the tracer's name; the contract's types must not hide behind it.
        if (typeof(ITracer).Assembly.GetType($"{nameof(Beyla)}.{name}") is not null) throw PluginException.Refused($"'{name}' is a name of the contract; choose another.");
        if (Directory.Exists(name)) throw PluginException.Refused($"the folder {name} is there already.");
        string snake = BpfName.Field(name);
        (string Word, string By)[] words =
        [
            ("TracerName", name), ("tracer_name", snake), ("tracer-name", snake.Replace('_', '-')),
            ("BEYLA_SDK_VERSION", SdkVersion), ("BEYLA_FEED", feed is null ? "" : Path.GetFullPath(feed)),
        ];
        string Replaced(string text) => words.Aggregate(text, (t, w) => t.Replace(w.Word, w.By, StringComparison.Ordinal));
        foreach (string from in new[] { Common, kind }.Select(part => Path.Combine(Folder, part)))
        {
            foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
            {
                if (feed is null && Path.GetFileName(file) == FeedFile) continue;
                string to = Path.Combine(name, Replaced(Path.GetRelativePath(from, file)));
                Directory.CreateDirectory(Path.GetDirectoryName(to)!);
                File.WriteAllText(to, Replaced(File.ReadAllText(file)), new UTF8Encoding(false));
            }
        }
        return [$"made {name}, a tracer of kind {kind}", $"next: cd {name}, dotnet build {name}, and README.md there"];
    }

    /// <summary>The packages are made together with the host.</summary>
    private static string SdkVersion => PluginMetadata.Of(typeof(PluginTemplate).Assembly).Version;
}
