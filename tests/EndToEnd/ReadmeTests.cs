using System.Text.RegularExpressions;
using EndToEnd.Harness;
using EndToEnd.Targets;

namespace EndToEnd;

/// <summary>What README.md tells people to type works as it stands there; only ports and programs are the test's own.</summary>
public sealed partial class ReadmeTests
{
    /// <summary>The command lines of README.md's blocks that start the agent, each with its variables.</summary>
    public static TheoryData<Release, string> Commands { get; } = Releases.TypicalWith([.. Lines().Where(l => AgentCommand().IsMatch(l))]);

    /// <summary>The scripts of README.md's blocks.</summary>
    public static TheoryData<string> Scripts { get; } = [.. Lines().SelectMany(l => Script().Matches(l)).Select(m => m.Value).Distinct()];

    [Theory, MemberData(nameof(Scripts))]
    public void Script_OfTheReadme_CanBeStarted(string script)
    {
        string path = Path.Combine(Repository.Root, script);

        FileInfo file = new(path);
        Assert.True(file.Exists, $"README.md names {script}, which is not there");
        Assert.True(file.UnixFileMode.HasFlag(UnixFileMode.UserExecute), $"{script} is not executable");
    }

    [AgentTheory, MemberData(nameof(Commands))]
    public async Task Command_OfTheReadme_Works(Release release, string line)
    {
        Match command = AgentCommand().Match(line);
        using TemporaryFolder files = new();
        await using TargetProcess target = await Programs.HttpAsync(release);
        Dictionary<string, string> variables = Words(command, "variables").Select(v => v.Split('=', 2))
            .ToDictionary(v => v[0], v => v[0] == "BEYLA_PROMETHEUS_PORT" ? TargetProcess.Text(LoopbackPort.Free()) : Own(v[1], target, release));
        string[] words = [.. Words(command, "arguments").Select(w => OwnFile(w, files) ?? Own(w, target, release))];

        if (words is ["run", ..]) await RunsAsync(target, variables, words[1..]);
        else if (words is ["explain" or "top", ..]) await AsksAsync(target, words);
        else if (words is ["trace", _, ..]) await TracesAsync(words);
        else Assert.NotEmpty(await ChildProcess.RunAsync(Repository.Agent, words));
    }

    /// <summary>Commands that ask a running agent. The one that goes on is told when to stop.</summary>
    private static async Task AsksAsync(TargetProcess target, string[] words)
    {
        await using Agent agent = await Agent.StartAsync(target);
        await target.Requests.GetAsync("/hello");
        string[] own = ["--socket", agent.ControlSocket, .. words is ["top"] ? new[] { "--count", "1" } : []];
        Assert.NotEmpty(await ChildProcess.RunAsync(Repository.Agent, [.. words, .. own]));
        await agent.StopAsync();
    }

    /// <summary>The command that watches a function, until its first call.</summary>
    private static async Task TracesAsync(string[] words)
    {
        await using TargetProcess target = await TeachingTarget.StartAsync(TeachingTarget.Plain.First<object[]>()[0] as Release ?? throw new InvalidOperationException());
        words[1] = TargetProcess.Text(target.Pid);
        await using ChildProcess trace = ChildProcess.Start(Repository.Agent, [.. words, "--count", "1"]);
        await trace.Error.WaitForAsync(TracingBegins(), Eventually.Soon, trace.ToString);
        await target.Requests.GetAsync("/e?iterations=1");
        await trace.ExitAsync(Eventually.Soon);
        Assert.Equal((0, 1), (trace.ExitCode, trace.Output.Lines.Count(l => l.Contains("iterations", StringComparison.Ordinal))));
    }

    private static async Task RunsAsync(TargetProcess target, Dictionary<string, string> variables, string[] flags)
    {
        await using Agent agent = await Agent.StartAsync(o => (o.TracePrinter, o.Variables, o.Flags) = ("disabled", variables, flags));
        await agent.AttachedAsync(target.Pid);
        await agent.StopAsync();
    }

    /// <summary>A configuration file that the README takes for granted.</summary>
    private static string? OwnFile(string word, TemporaryFolder files) => Path.GetExtension(word) switch
    {
        ".yml" => files.Write(word, "open_port: 8080\n"),
        ".toml" => files.Write(word, "open_port = 8080\n"),
        _ => null,
    };

    /// <summary>The port that is traced must be one of a process of this test; any Go program will do to be inspected.</summary>
    private static string Own(string word, TargetProcess target, Release release) =>
        word.StartsWith("/usr/bin/", StringComparison.Ordinal) ? release.Executable : PortNumber().Replace(word, TargetProcess.Text(target.Port));

    private static string[] Words(Match match, string group) => match.Groups[group].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Lines of the fenced blocks without prompts, comments, redirections and what they are piped into.</summary>
    private static IEnumerable<string> Lines() => FencedBlock().Matches(File.ReadAllText(Path.Combine(Repository.Root, "README.md")))
        .SelectMany(b => b.Groups["text"].Value.Split('\n')).Select(l => AfterTheCommand().Replace(l, "").TrimStart('$').Trim()).Where(l => l.Length > 0).Distinct();

    [GeneratedRegex(@"^```\w*\n(?<text>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex FencedBlock();

    [GeneratedRegex(@" (?:#|\||\d?>).*$")]
    private static partial Regex AfterTheCommand();

    [GeneratedRegex(@"^(?<variables>(?:[A-Z_]+=\S* )*)(?:sudo (?:-E )?)?(?:\./run\.sh|beyla) (?<arguments>\S.*)$")]
    private static partial Regex AgentCommand();

    [GeneratedRegex(@"(?<=^|\s)\./[\w-]+\.sh(?=\s|$)")]
    private static partial Regex Script();

    [GeneratedRegex("^tracing ")]
    private static partial Regex TracingBegins();

    [GeneratedRegex(@"^[1-9]\d{1,4}$")]
    private static partial Regex PortNumber();
}
