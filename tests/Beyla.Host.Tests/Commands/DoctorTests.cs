using System.Text.Json;
using Beyla.Host.Commands.Doctor;

namespace Beyla.Host.Tests.Commands;

/// <summary><c>beyla doctor</c>: the report, and the real program without plugins. What it finds depends on the machine; what it must not do does not.</summary>
public class DoctorTests
{
    private static readonly Finding Fine = new("kernel", "events ring", FindingState.Ok, "a program was loaded");
    private static readonly Finding Poor = new("kernel", "new processes", FindingState.Limited, "polled") { Remedy = "use another kernel" };
    private static readonly Finding Fatal = new("privileges", "CAP_BPF", FindingState.Missing, "no program can be loaded") { Remedy = "run as root", IsFatal = true };

    [Fact]
    public void ToText_Findings_AreLinesWithTheirRemedyBelow() => Assert.Equal(
        """
        kernel
          ok      events ring    a program was loaded
          limited new processes  polled
                                 -> use another kernel
        privileges
          missing CAP_BPF        no program can be loaded
                                 -> run as root
        beyla run cannot work like this: CAP_BPF.

        """, DoctorReport.ToText([Fine, Poor, Fatal]));

    [Fact]
    public void ToText_SameRemedyTwice_IsSaidOnce() =>
        Assert.Single(DoctorReport.ToText([Poor, Poor]).Split('\n'), line => line.Contains("-> use another kernel", StringComparison.Ordinal));

    [Fact]
    public void ToText_NothingFatal_SaysThatItWorks() =>
        Assert.EndsWith("beyla run works; 1 of 2 lines above say what it goes without.\n", DoctorReport.ToText([Fine, Poor]), StringComparison.Ordinal);

    [Fact]
    public void ToJson_Findings_HaveTheStableShape()
    {
        using JsonDocument document = JsonDocument.Parse(DoctorReport.ToJson([Fine, Fatal]));
        Assert.False(document.RootElement.GetProperty("ok").GetBoolean());
        JsonElement fatal = document.RootElement.GetProperty("findings")[1];
        Assert.Equal(["area", "feature", "state", "evidence", "remedy", "fatal"], fatal.EnumerateObject().Select(p => p.Name));
        Assert.Equal("missing", fatal.GetProperty("state").GetString());
    }

    [Fact]
    public async Task Doctor_WrongSetting_IsAFindingAndExitsWith1()
    {
        using TemporaryFile file = new("open_prot = 80\n");
        BeylaResult result = await BeylaProcess.RunAsync("doctor", "--json", "--config", file.Path);

        Assert.Equal((1, ""), (result.ExitCode, result.Error));
        using JsonDocument document = JsonDocument.Parse(result.Output);
        Assert.Contains(document.RootElement.GetProperty("findings").EnumerateArray(), f =>
            f.GetProperty("area").GetString() == "configuration" && f.GetProperty("fatal").GetBoolean()
            && f.GetProperty("evidence").GetString()!.Contains("did you mean 'open_port'?", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Doctor_NobodyAtTheEndpoint_SaysSo()
    {
        BeylaResult result = await BeylaProcess.RunAsync(
            BeylaProcess.Executable, new() { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://127.0.0.1:1" }, ["doctor", "--open-port", "80"]);

        Assert.Equal("", result.Error);
        Assert.Contains("http://127.0.0.1:1/v1/traces (http/protobuf) cannot be reached: nobody listens there", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_WithoutAnyPrivilege_TellsWhatIsMissingAndExitsWith1()
    {
        // A root without capabilities still reads its own files, wherever the program lies. Who is not root has none anyway.
        bool root = Environment.IsPrivilegedProcess;
        string[] command = root
            ? ["--bounding-set=-all", "--inh-caps=-all", "--", BeylaProcess.Executable, "doctor", "--open-port", "80"]
            : ["doctor", "--open-port", "80"];
        BeylaResult result = await BeylaProcess.RunAsync(root ? "setpriv" : BeylaProcess.Executable, [], command);

        Assert.Equal((1, ""), (result.ExitCode, result.Error));
        Assert.Contains("missing CAP_BPF", result.Output, StringComparison.Ordinal);
        Assert.Contains("unknown events ring", result.Output, StringComparison.Ordinal);
        Assert.Contains("beyla run cannot work like this: CAP_BPF; CAP_PERFMON", result.Output, StringComparison.Ordinal);
    }
}
