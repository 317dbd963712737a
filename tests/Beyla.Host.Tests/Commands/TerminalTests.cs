namespace Beyla.Host.Tests.Commands;

/// <summary>Skipped where there is no script(1), which gives the child a terminal.</summary>
public sealed class TerminalFactAttribute : FactAttribute
{
    public const string Script = "/usr/bin/script";

    public TerminalFactAttribute()
    {
        if (!File.Exists(Script)) Skip = $"{Script} (Debian: bsdutils) is not installed";
    }
}

public class TerminalTests
{
    private const string Warning = "the environment variable BEYLA_XYZZY is not a setting";

    [TerminalFact]
    public async Task Log_OnATerminal_ColoursTheLevel() =>
        Assert.Contains($"\e[33mWARN \e[0m {Warning}", await OnTerminalAsync(noColour: ""), StringComparison.Ordinal);

    [TerminalFact]
    public async Task Log_OnATerminalWithNoColor_HasNoEscapeCode()
    {
        string text = await OnTerminalAsync(noColour: "1");
        Assert.Contains($"WARN  {Warning}", text, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', text);
    }

    [Fact]
    public async Task Log_IntoAPipe_HasNoEscapeCode()
    {
        BeylaResult result = await BeylaProcess.RunAsync(BeylaProcess.Executable, Variables(""), ["plugins"]);
        Assert.Contains($"WARN  {Warning}", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', result.Output + result.Error);
    }

    private static async Task<string> OnTerminalAsync(string noColour) =>
        (await BeylaProcess.RunAsync(TerminalFactAttribute.Script, Variables(noColour), ["-qec", $"'{BeylaProcess.Executable}' plugins", "/dev/null"])).Output;

    private static Dictionary<string, string> Variables(string noColour) =>
        new() { ["BEYLA_XYZZY"] = "1", ["NO_COLOR"] = noColour, ["TERM"] = "xterm" };
}
