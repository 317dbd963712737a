using System.Text.RegularExpressions;

namespace Beyla.Elf.Tests.Go;

/// <summary>One installed or unpacked Go. <paramref name="Version"/> is "1.24".</summary>
internal sealed partial record GoToolchain(string Version, string Command, string? Root)
{
    /// <summary>The machine's own and those under artifacts/targets, oldest first.</summary>
    public static IReadOnlyList<GoToolchain> All { get; } = [.. Find().OrderBy(t => t.Minor)];

    public int Minor => int.Parse(Version.Split('.')[1]);

    private static IEnumerable<GoToolchain> Find()
    {
        if (File.Exists(Needs.Go))
            yield return new GoToolchain(Release().Match(Tests.Command.Run(Needs.Go, ["env", "GOVERSION"])).Value, Needs.Go, null);
        string folder = Path.Combine(Repository.Targets, "go", "usr", "lib");
        foreach (string root in Directory.Exists(folder) ? Directory.GetDirectories(folder, "go-*") : [])
        {
            string command = Path.Combine(root, "bin", "go");
            if (File.Exists(command))
                yield return new GoToolchain(Path.GetFileName(root)["go-".Length..], command, root);
        }
    }

    [GeneratedRegex(@"1\.\d+")]
    private static partial Regex Release();
}
