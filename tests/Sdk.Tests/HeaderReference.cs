using System.Text;
using System.Text.RegularExpressions;

namespace Sdk.Tests;

/// <summary>docs/authoring/headers.md, made of the BPF headers: each file's comment, and each function or macro of it with its own.</summary>
internal static partial class HeaderReference
{
    public static string Render(string folder)
    {
        StringBuilder text = new("""
            # The BPF headers
            <!-- Written from bpf/include/beyla by tests/Sdk.Tests; BEYLA_UPDATE_DOCS=1 writes it anew. -->

            What `#include <beyla/…>` gives. Costs are those that a probe adds to the traced program: a user read is 65 to 140 ns whatever its size, a map lookup some 10 to 40 ns.

            """.ReplaceLineEndings("\n"));
        foreach (string file in Directory.GetFiles(folder, "*.h").Order(StringComparer.Ordinal))
        {
            string source = File.ReadAllText(file);
            text.Append("\n## `beyla/").Append(Path.GetFileName(file)).Append("`\n").Append(Sentence(FileComment().Match(source).Groups[1].Value)).Append('\n');
            foreach (Match entry in Entries().Matches(source))
            {
                string signature = entry.Groups["function"].Success
                    ? $"{entry.Groups["result"].Value.Trim()} {entry.Groups["function"].Value}({Sentence(entry.Groups["arguments"].Value)})".Replace("* ", "*", StringComparison.Ordinal)
                    : $"{entry.Groups["macro"].Value}({entry.Groups["parameters"].Value})";
                text.Append("- `").Append(signature).Append("`: ").Append(Sentence(entry.Groups["comment"].Value)).Append('\n');
            }
        }
        return text.ToString();
    }

    /// <summary>The names of everything that <see cref="Render"/> tells of, and of the functions that have no comment.</summary>
    public static IEnumerable<string> WithoutComment(string folder) =>
        from file in Directory.GetFiles(folder, "*.h")
        let source = File.ReadAllText(file)
        let told = Entries().Matches(source).Select(m => m.Groups["function"].Value).ToHashSet()
        from Match function in Functions().Matches(source)
        where !told.Contains(function.Groups[1].Value)
        select $"{Path.GetFileName(file)}: {function.Groups[1].Value}";

    private static string Sentence(string comment) => Spaces().Replace(comment.Replace("\n *", " ", StringComparison.Ordinal), " ").Trim();

    [GeneratedRegex(@"\A/\*[^\n]*\*/\n/\*(.*?)\*/", RegexOptions.Singleline)]
    private static partial Regex FileComment();

    [GeneratedRegex(
        @"/\*(?<comment>(?:(?!\*/).)*)\*/\n(?:static __always_inline (?<result>[^\n(]*?)\b(?<function>\w+)\((?<arguments>[^{;]*)\)\n\{|(?:static )?__noinline (?<result>int )(?<function>\w+)\((?<arguments>[^{;]*)\)\n\{|#define (?<macro>\w+)\((?<parameters>[^)]*)\))",
        RegexOptions.Singleline)]
    private static partial Regex Entries();

    [GeneratedRegex(@"^static __always_inline [^\n(]*?\b(\w+)\(", RegexOptions.Multiline)]
    private static partial Regex Functions();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
