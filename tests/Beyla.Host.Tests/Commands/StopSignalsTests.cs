using System.Diagnostics;
using System.Globalization;
using Beyla.Host.Commands;

namespace Beyla.Host.Tests.Commands;

public class StopSignalsTests
{
    [Fact]
    public async Task StopSignals_FirstAndSecondSignal_CancelThenExitAtOnce()
    {
        TaskCompletionSource<int> exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using StopSignals signals = new(exited.SetResult);
        using CancellationTokenRegistration registration = signals.Token.Register(stopped.SetResult);
        TimeSpan deadline = TimeSpan.FromSeconds(10);

        await SendTermAsync();
        await stopped.Task.WaitAsync(deadline);
        Assert.False(exited.Task.IsCompleted);

        await SendTermAsync();
        Assert.Equal(128 + 15, await exited.Task.WaitAsync(deadline));
    }

    /// <summary>To this very process: the registration under test keeps it alive.</summary>
    private static async Task SendTermAsync()
    {
        using Process kill = Process.Start("/bin/kill", ["-TERM", Environment.ProcessId.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        Assert.Equal(0, kill.ExitCode);
    }
}
