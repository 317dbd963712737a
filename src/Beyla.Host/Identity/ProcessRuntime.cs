using System.Text.RegularExpressions;
using Beyla.Host.Attachment;

namespace Beyla.Host.Identity;

/// <summary>process.runtime.name and .version where the executable's name, a library's name or Go's build info tells them.</summary>
internal static partial class ProcessRuntime
{
    private static readonly Dictionary<string, string> Names = new() { ["python"] = "cpython", ["ruby"] = "ruby", ["php"] = "php" };

    /// <summary>The attributes; none when the version does not show.</summary>
    public static IEnumerable<(string Key, string Value)> Of(Inspection inspection)
    {
        if (inspection.GoVersion is { } go) return Attributes("go", go);
        if (!Names.TryGetValue(inspection.Language, out string? name)) return [];
        Match version = VersionedName().Match(inspection.LanguageEvidence);
        if (!version.Success) version = VersionedName().Match(Path.GetFileName(inspection.Path));
        return version.Success ? Attributes(name, version.Groups[1].Value) : [];
    }

    private static IEnumerable<(string, string)> Attributes(string name, string version) => [("process.runtime.name", name), ("process.runtime.version", version)];

    // python3.11, libpython3.11.so.1.0, ruby3.1, libruby-3.1.so.3.1, php8.2, php-fpm8.2, libphp8.2.so
    [GeneratedRegex(@"(?:python|ruby|php|php-fpm|php-cgi)-?([0-9]+\.[0-9]+)")]
    private static partial Regex VersionedName();
}
