using EndToEnd.Harness;
using EndToEnd.Targets;

namespace EndToEnd.SelfTests;

/// <summary>The harness itself, without an agent: what it would report is true.</summary>
public sealed class TargetsTests
{
    [ReleaseTheory, MemberData(nameof(Releases.All), MemberType = typeof(Releases))]
    public async Task Scenario_EachProgram_IsAnsweredAsExpectedAndItsCodeEqualsItsFile(Release release)
    {
        await using TargetProcess target = await Programs.StartAsync(release);

        await Scenarios.RunAsync(release, target.Requests);

        Assert.NotEmpty(target.Requests.Exchanges);
        Assert.Empty(TextBytes.DifferentFromFile(target.Pid));
    }

    [ReleaseTheory, MemberData(nameof(Releases.Typical), MemberType = typeof(Releases))]
    public async Task DifferentFromFile_OneByteOfTheRunningCodeChanged_NamesItsAddress(Release release)
    {
        using TemporaryFolder folder = new();
        await using TargetProcess target = await Programs.HttpAsync(release, executable: release.CopyTo(folder, "http"));
        int pid = target.Pid;

        // What a probe does, done by hand: one other byte in the code of the process, while the file stays as it is.
        ulong address = CodeStart(pid) + 0x1234;
        await ChangeAsync(pid, address);

        Assert.Equal([address], TextBytes.DifferentFromFile(pid));
    }

    [ReleaseTheory, MemberData(nameof(Releases.Typical), MemberType = typeof(Releases))]
    public async Task Free_TwoTargetsAtOnce_GetPortsOfTheirOwn(Release release)
    {
        await using TargetProcess first = await Programs.HttpAsync(release), second = await Programs.HttpAsync(release);

        await first.Requests.GetAsync("/hello");
        await second.Requests.GetAsync("/hello");

        Assert.NotEqual(first.Port, second.Port);
        Assert.Equal(200, Assert.Single(second.Requests.Exchanges).Status);
    }

    private static ulong CodeStart(int pid) => ulong.Parse(
        File.ReadLines($"/proc/{pid}/maps").First(l => l.Contains(" r-xp ", StringComparison.Ordinal)).Split('-')[0],
        System.Globalization.NumberStyles.HexNumber, System.Globalization.CultureInfo.InvariantCulture);

    private static async Task ChangeAsync(int pid, ulong address)
    {
        await using FileStream memory = new($"/proc/{pid}/mem", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, 0);
        memory.Position = (long)address;
        int original = memory.ReadByte();
        memory.Position = (long)address;
        memory.WriteByte((byte)(original ^ 0xff));
    }
}
