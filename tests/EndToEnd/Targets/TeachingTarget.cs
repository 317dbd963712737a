using EndToEnd.Harness;

namespace EndToEnd.Targets;

/// <summary>tests/targets/teaching: the program whose functions <c>beyla trace</c> shows.</summary>
public static class TeachingTarget
{
    /// <summary>With the oldest and newer Go of Debian, nothing inlined; with DWARF, then without.</summary>
    public static TheoryData<Release> Plain { get; } = [Of("1.19-plain"), Of("1.24-plain"), Of("1.27-plain")];

    /// <inheritdoc cref="Plain"/>
    public static TheoryData<Release> Stripped { get; } = [Of("1.19-stripped"), Of("1.27-stripped")];

    /// <summary>As everybody builds.</summary>
    public static TheoryData<Release> Inlined { get; } = [Of("1.19-inlined")];

    /// <summary>Starts it.</summary>
    internal static Task<TargetProcess> StartAsync(Release release)
    {
        int port = LoopbackPort.Free();
        return TargetProcess.StartAsync(release.Executable, port, ["-listen", $"127.0.0.1:{TargetProcess.Text(port)}"], "listening on");
    }

    private static Release Of(string build) => new("teaching", build, $"teaching/{build}/teaching");
}
