using Beyla.Host.Discovery;

namespace Beyla.Host.Tests.Discovery;

/// <summary>The same, whether the kernel tells or /proc is polled.</summary>
public sealed class ProcessWatcherTests
{
    public static TheoryData<Sight> Sights() => ProcessEventsFact.Missing is null ? [Sight.Events, Sight.EventsAndProc, Sight.Poll] : [Sight.Poll];

    [Theory, MemberData(nameof(Sights))]
    public async Task StartedBefore_IsInTheSnapshotWithItsPort(Sight sight)
    {
        using PythonProcess target = await PythonProcess.StartAsync();
        int port = await target.ListenAsync();

        await using Watch watch = await Watch.StartAsync(sight);

        ProcessInfo process = await watch.ExpectPortsAsync(target.Pid, port);
        Assert.Equal(PythonProcess.Executable, process.ExecutablePath);
        Assert.Equal(Environment.ProcessId, process.ParentPid);
        Assert.Single(watch.Of(target.Pid));
    }

    [Theory, MemberData(nameof(Sights))]
    public async Task StartedAfter_IsCreatedWithItsPort(Sight sight)
    {
        await using Watch watch = await Watch.StartAsync(sight);
        using PythonProcess target = await PythonProcess.StartAsync();
        int port = await target.ListenAsync();

        ProcessInfo process = await watch.ExpectPortsAsync(target.Pid, port);
        Assert.Equal(PythonProcess.Executable, process.ExecutablePath);
        Assert.Equal([port], process.OpenPorts);
    }

    [Theory, MemberData(nameof(Sights))]
    public async Task SecondPort_IsCreatedAgainWithBoth(Sight sight)
    {
        await using Watch watch = await Watch.StartAsync(sight);
        using PythonProcess target = await PythonProcess.StartAsync();
        int first = await target.ListenAsync("first");
        ProcessInfo before = await watch.ExpectPortsAsync(target.Pid, first);

        int second = await target.ListenAsync("second");

        ProcessInfo after = await watch.ExpectPortsAsync(target.Pid, first, second);
        Assert.Equal(before.Id, after.Id);
        Assert.Empty(watch.Of(target.Pid).OfType<ProcessDeleted>());
    }

    [Theory, MemberData(nameof(Sights))]
    public async Task BindWithoutListen_IsNotReported(Sight sight)
    {
        await using Watch watch = await Watch.StartAsync(sight);
        using PythonProcess target = await PythonProcess.StartAsync();
        int bound = await target.NumberAsync("b = socket.socket(); b.bind(('127.0.0.1', 0)); answer = b.getsockname()[1]");
        int listening = await target.ListenAsync();

        ProcessInfo process = await watch.ExpectPortsAsync(target.Pid, listening);
        Assert.DoesNotContain(bound, process.OpenPorts);
    }

    [Theory, MemberData(nameof(Sights))]
    public async Task ListenWithoutBind_PortChosenByTheKernelIsFound(Sight sight)
    {
        await using Watch watch = await Watch.StartAsync(sight);
        using PythonProcess target = await PythonProcess.StartAsync();

        int port = await target.NumberAsync("s = socket.socket(); s.listen(); answer = s.getsockname()[1]");

        await watch.ExpectPortsAsync(target.Pid, port);
    }

    [MptcpTheory, MemberData(nameof(Sights))]
    public async Task ListenByMptcp_LikeGoSince124_PortIsFound(Sight sight)
    {
        await using Watch watch = await Watch.StartAsync(sight);
        using PythonProcess target = await PythonProcess.StartAsync();

        int port = await target.NumberAsync("s = socket.socket(socket.AF_INET6, socket.SOCK_STREAM, 262); s.bind(('::', 0)); s.listen(); answer = s.getsockname()[1]");

        Assert.Equal([port], (await watch.ExpectPortsAsync(target.Pid, port)).OpenPorts);
    }

    [Theory, MemberData(nameof(Sights))]
    public async Task ListenRefused_IsNotReported(Sight sight)
    {
        await using Watch watch = await Watch.StartAsync(sight);
        using PythonProcess target = await PythonProcess.StartAsync();
        // Both may bind, one may listen. For the other the kernel tells LISTEN, too, and takes it back.
        const string reuse = "setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)";
        using PythonProcess other = await PythonProcess.StartAsync();
        int port = await target.NumberAsync($"s = socket.socket(); s.{reuse}; s.bind(('127.0.0.1', 0)); answer = s.getsockname()[1]");
        await other.RunAsync($"s = socket.socket(); s.{reuse}; s.bind(('127.0.0.1', {port}))");
        await target.RunAsync("s.listen()");
        Assert.Equal("98", await other.RunAsync("try_listen = lambda: s.listen(); exec('try: try_listen()\\nexcept OSError as e: answer = e.errno')"));

        int witness = await other.ListenAsync("t");

        await watch.ExpectPortsAsync(target.Pid, port);
        Assert.Equal([witness], (await watch.ExpectPortsAsync(other.Pid, witness)).OpenPorts);
    }

    [Theory, MemberData(nameof(Sights))]
    public async Task ExecOfAnotherProgram_IsDeletedThenCreated(Sight sight)
    {
        await using Watch watch = await Watch.StartAsync(sight);
        using PythonProcess target = await PythonProcess.StartAsync();
        int port = await target.ListenAsync();
        ProcessInfo before = await watch.ExpectPortsAsync(target.Pid, port);

        target.Tell("os.execv('/bin/sleep', ['sleep', '60'])");

        ProcessCreated after = await watch.ExpectAsync<ProcessCreated>(target.Pid, e => e.Process.ExecutablePath.EndsWith("/sleep", StringComparison.Ordinal));
        Assert.Equal(before.Id, after.Process.Id);
        Assert.Empty(after.Process.OpenPorts); // Python's sockets are closed on exec
        Assert.Equal([new ProcessDeleted(before.Id), after], watch.Of(target.Pid).TakeLast(2));
    }

    [Theory, MemberData(nameof(Sights))]
    public async Task ExecOfTheSameProgram_IsDeletedThenCreated(Sight sight)
    {
        await using Watch watch = await Watch.StartAsync(sight);
        using PythonProcess target = await PythonProcess.StartAsync();
        ProcessInfo before = (await watch.ExpectAsync<ProcessCreated>(target.Pid)).Process;

        target.Tell($"os.execv('{PythonProcess.Interpreter}', ['python3', '-c', 'import time; time.sleep(60)'])");

        await watch.ExpectAsync<ProcessDeleted>(target.Pid);
        await watch.UntilAsync(() => watch.Of(target.Pid).OfType<ProcessCreated>().Count() == 2, () => "not created again");
        Assert.Equal(before.Id, watch.Of(target.Pid).OfType<ProcessCreated>().Last().Process.Id);
    }

    [Theory, MemberData(nameof(Sights))]
    public async Task ExecWithAnInheritedListener_KeepsThePort(Sight sight)
    {
        await using Watch watch = await Watch.StartAsync(sight);
        using PythonProcess target = await PythonProcess.StartAsync();
        int port = await target.ListenAsync();
        await watch.ExpectPortsAsync(target.Pid, port);

        target.Tell("os.set_inheritable(s.fileno(), True); os.execv('/bin/sleep', ['sleep', '60'])");

        await watch.ExpectAsync<ProcessCreated>(target.Pid, e => e.Process.ExecutablePath.EndsWith("/sleep", StringComparison.Ordinal) && e.Process.OpenPorts.Contains(port));
    }

    [Theory, MemberData(nameof(Sights))]
    public async Task ForkedChild_IsCreatedWithItsParentsProgramAndPort(Sight sight)
    {
        await using Watch watch = await Watch.StartAsync(sight);
        using PythonProcess target = await PythonProcess.StartAsync();
        int port = await target.ListenAsync();

        int child = await target.NumberAsync("answer = os.fork() or time.sleep(60)");

        ProcessInfo process = await watch.ExpectPortsAsync(child, port);
        Assert.Equal(PythonProcess.Executable, process.ExecutablePath);
        Assert.Equal(target.Pid, process.ParentPid);
    }

    [Theory, MemberData(nameof(Sights))]
    public async Task Exit_IsDeleted(Sight sight)
    {
        await using Watch watch = await Watch.StartAsync(sight);
        using PythonProcess target = await PythonProcess.StartAsync();
        ProcessInfo process = (await watch.ExpectAsync<ProcessCreated>(target.Pid)).Process;

        target.Tell("os._exit(3)");

        Assert.Equal(process.Id, (await watch.ExpectAsync<ProcessDeleted>(target.Pid)).Id);
    }

    [Theory, MemberData(nameof(Sights))]
    public async Task Kill_OfAProcessWithThreads_IsDeletedOnce(Sight sight)
    {
        await using Watch watch = await Watch.StartAsync(sight);
        using PythonProcess target = await PythonProcess.StartAsync(), witness = await PythonProcess.StartAsync();
        await target.RunAsync("[threading.Thread(target=time.sleep, args=(60,)).start() for _ in range(8)]");
        await watch.ExpectAsync<ProcessCreated>(target.Pid);
        await watch.ExpectAsync<ProcessCreated>(witness.Pid);

        target.Kill();
        await watch.ExpectAsync<ProcessDeleted>(target.Pid);

        witness.Kill();
        await watch.ExpectAsync<ProcessDeleted>(witness.Pid);
        Assert.Single(watch.Of(target.Pid).OfType<ProcessDeleted>());
    }

    [Theory, MemberData(nameof(Sights))]
    public async Task EndOfAThread_AndOfTheMainThread_IsNotTheEndOfTheProcess(Sight sight)
    {
        await using Watch watch = await Watch.StartAsync(sight);
        using PythonProcess target = await PythonProcess.StartAsync();
        await watch.ExpectAsync<ProcessCreated>(target.Pid);

        await target.RunAsync("t = threading.Thread(target=lambda: None); t.start(); t.join()");
        await target.RunAsync("keep = threading.Thread(target=time.sleep, args=(60,)); keep.start()");
        target.Tell("import ctypes; ctypes.CDLL(None).pthread_exit(None)");
        await Watch.UntilTrueAsync(() => Procfs.TryReadStat(target.Pid, out ProcStat stat) && stat.LeaderEnded && !stat.Ended);

        using PythonProcess witness = await PythonProcess.StartAsync();
        await watch.ExpectAsync<ProcessCreated>(witness.Pid);
        witness.Kill();
        await watch.ExpectAsync<ProcessDeleted>(witness.Pid);
        Assert.Empty(watch.Of(target.Pid).OfType<ProcessDeleted>());
        target.Kill();
        await watch.ExpectAsync<ProcessDeleted>(target.Pid);
    }

    [Theory, MemberData(nameof(Sights))]
    public async Task ExecutableReplacedOnDisk_KeepsItsNameAndIsNoNews(Sight sight)
    {
        string copy = Path.Combine(Path.GetTempPath(), $"beyla-test-{Guid.NewGuid():N}");
        File.Copy(PythonProcess.Executable, copy);
        try
        {
            await using Watch watch = await Watch.StartAsync(sight);
            using PythonProcess target = await PythonProcess.StartAsync(copy);
            await watch.ExpectAsync<ProcessCreated>(target.Pid);

            File.Delete(copy);
            int port = await target.ListenAsync();

            Assert.Equal(copy, (await watch.ExpectPortsAsync(target.Pid, port)).ExecutablePath);
            Assert.Empty(watch.Of(target.Pid).OfType<ProcessDeleted>());
        }
        finally
        {
            File.Delete(copy);
        }
    }

    [Theory, MemberData(nameof(Sights))]
    public async Task ShortLivedProcesses_NoneIsLeftOver(Sight sight)
    {
        await using Watch watch = await Watch.StartAsync(sight);
        using PythonProcess target = await PythonProcess.StartAsync(), witness = await PythonProcess.StartAsync();
        await watch.ExpectAsync<ProcessCreated>(target.Pid);

        await target.RunAsync("[subprocess.run(['/bin/true']) for _ in range(200)]");
        int port = await witness.ListenAsync(); // news after all of them
        await watch.ExpectPortsAsync(witness.Pid, port);

        await watch.UntilAsync(
            () => LeftOver(watch, target.Pid).Count == 0,
            () => $"not deleted: {string.Join("; ", LeftOver(watch, target.Pid))}");
        if (sight != Sight.Poll) Assert.Contains(watch.All(), e => e is ProcessCreated created && created.Process.ParentPid == target.Pid);
    }

    private static List<ProcessInfo> LeftOver(Watch watch, int parent)
    {
        Dictionary<ProcessId, ProcessInfo> alive = [];
        foreach (ProcessEvent e in watch.All())
        {
            if (e is ProcessCreated created) alive[created.Process.Id] = created.Process;
            else if (e is ProcessDeleted deleted) alive.Remove(deleted.Id);
        }
        return [.. alive.Values.Where(process => process.ParentPid == parent)];
    }
}

/// <summary>Skipped where the kernel has no MPTCP.</summary>
public sealed class MptcpTheory : TheoryAttribute
{
    private const string Switch = "/proc/sys/net/mptcp/enabled";

    public MptcpTheory() => Skip = File.Exists(Switch) && File.ReadAllText(Switch).Trim() == "1" ? null : "this kernel has no MPTCP, or it is off";
}
