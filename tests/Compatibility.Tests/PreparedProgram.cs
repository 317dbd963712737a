using Beyla.Elf;

namespace Compatibility.Tests;

/// <summary>One executable below artifacts/targets, prepared by <c>tests/targets/fetch.sh</c>.</summary>
/// <param name="Program">Its name: <c>caddy</c>, <c>grpc</c>.</param>
/// <param name="Build">Which of its builds: <c>bookworm</c>, <c>npm 0.25.0</c>, <c>trixie-1.24-server</c>.</param>
/// <param name="Executable">Its path.</param>
internal sealed record PreparedProgram(string Program, string Build, string Executable)
{
    private static readonly string[] s_suites = ["bookworm", "trixie", "sid"];

    /// <summary>Programs for one question of one test, which tell nothing that the target http does not.</summary>
    private static readonly string[] s_special = ["deepserve", "teaching"];

    /// <summary>Everything that is there: <c>SUITE/PROGRAM</c> of Debian and <c>PROGRAM/BUILD/PROGRAM</c> of npm and of tests/targets.</summary>
    public static IReadOnlyList<PreparedProgram> All { get; } = [.. Find()];

    /// <summary>Which release it is, as far as that does not follow from the build's name: what may change when a suite moves on.</summary>
    public ProgramRelease Release => _release.Value;

    private readonly Lazy<ProgramRelease> _release = new(() => new ProgramRelease(
        GoVersionOf(Executable), s_suites.Contains(Build) ? PackagedVersions.OfProgram(Program, Executable) : PackagedVersions.OfLibraries(Program, Build)));

    /// <summary>Why a build that moves with a Debian suite is not here; null: it is, or nobody tried.</summary>
    public static string? WhyAbsent(string program, string build) =>
        new[] { Path.Combine(Repository.Targets, build, program), Path.Combine(Repository.Targets, program, build, program) }
            .Select(path => path + ".absent").Where(File.Exists).Select(path => File.ReadAllText(path).Trim()).FirstOrDefault();

    private static IEnumerable<PreparedProgram> Find()
    {
        if (!Directory.Exists(Repository.Targets)) yield break;
        foreach (string folder in Directory.EnumerateDirectories(Repository.Targets).Where(f => !Path.GetFileName(f).StartsWith('.') && !s_special.Contains(Path.GetFileName(f))))
        {
            string name = Path.GetFileName(folder);
            if (s_suites.Contains(name))
            {
                foreach (string file in Directory.EnumerateFiles(folder).Where(f => !f.EndsWith(".absent", StringComparison.Ordinal)))
                    yield return new PreparedProgram(Path.GetFileName(file), name, file);
                continue;
            }
            foreach (string build in Directory.EnumerateDirectories(folder))
            {
                string file = Path.Combine(build, name);
                bool npm = Path.GetFileName(build).All(c => char.IsAsciiDigit(c) || c == '.');         // ours are named by Go or suite, and kind
                if (File.Exists(file)) yield return new PreparedProgram(name, (npm ? "npm " : "") + Path.GetFileName(build), file);
            }
        }
    }

    private static string? GoVersionOf(string executable)
    {
        using ElfFile elf = ElfFile.Open(executable);
        return GoBinary.TryRead(elf)?.Version;
    }
}

/// <summary>What a program was built from.</summary>
/// <param name="Go">Go's version as in the build info: <c>go1.24.4</c>; null when wiped.</param>
/// <param name="Versions">Versions that the build info does not tell: of Debian's program, or of Debian's libraries; empty: none.</param>
internal sealed record ProgramRelease(string? Go, string Versions)
{
    /// <summary><c>1.24.4</c>, or <c>unknown</c>.</summary>
    public string GoText => Go is { } go ? go["go".Length..].Split(' ')[0] : "unknown";
}
