using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Beyla.Ebpf;
using Beyla.Host.Discovery;

namespace Beyla.Host.Tests.Discovery;

public sealed class ProcessEventSourceTests
{
    [ProcessEventsFact]
    public void Open_OnThisKernel_ListsThisProcessListeners()
    {
        using ProcessEventSource source = ProcessEventSource.Open();
        using System.Net.Sockets.TcpListener listener = new(System.Net.IPAddress.IPv6Any, 0);
        listener.Start();
        int port = ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;

        ListenerRecord[] own = source.Listeners!.Run(Environment.ProcessId);

        Assert.Contains(own, record => record.Port == port);
        Assert.All(own, record => Assert.Equal(Environment.ProcessId, record.Pid));
        Assert.Contains(source.Listeners.Run(), record => record.Port == port && record.Pid == Environment.ProcessId);
    }

    [ProcessEventsFact]
    public void Listeners_OfNoProcess_AreNone()
    {
        using ProcessEventSource source = ProcessEventSource.Open();

        Assert.Empty(source.Listeners!.Run(int.MaxValue));
    }

    [ProcessEventsFact]
    public async Task Open_ForAnInnerPidNamespace_TellsPidsOfThatNamespaceOnly()
    {
        // The shell is process 1 of its namespace and starts others when told to.
        using Process outer = Process.Start(new ProcessStartInfo("/usr/bin/unshare", ["--pid", "--fork", "--kill-child", "/bin/sh", "-c", "readlink /proc/self/ns/pid; while read line; do /bin/true; done"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        try
        {
            Assert.True(Procfs.TryParseInode(await outer.StandardOutput.ReadLineAsync(), "pid:[", out ulong inode));
            using ProcessEventSource source = ProcessEventSource.Open((uint)inode);
            using Process outsider = Process.Start("/bin/true");
            await outsider.WaitForExitAsync();

            outer.StandardInput.WriteLine();
            outer.StandardInput.Flush();

            List<ProcessRecord> told = [];
            await Watch.UntilTrueAsync(() =>
            {
                source.Drain(told.Add);
                return told.Any(record => record.Change == ProcessChange.Exited);
            });
            Assert.Equal([ProcessChange.Forked, ProcessChange.Executed, ProcessChange.Exited], told.Select(record => record.Change));
            Assert.All(told, record => Assert.InRange(record.Pid, 2, 10)); // few were there before
            Assert.Single(told.Select(record => record.Id).Distinct());
        }
        finally
        {
            outer.Kill(entireProcessTree: true);
        }
    }

    [Theory]
    [InlineData("process_record", typeof(ProcessRecord))]
    [InlineData("listener_record", typeof(ListenerRecord))]
    public void Record_AndTheStructInC_HaveOneLayout(string name, Type type)
    {
        using BpfObjectSpec spec = ProcessEventSource.OpenObject();

        Assert.True(spec.Btf.TryGetStruct(name, out BtfStruct? layout));

        Assert.Equal(Marshal.SizeOf(type), layout!.Size);
        Assert.All(type.GetFields(), field => Assert.Equal((int)Marshal.OffsetOf(type, field.Name), layout.Field(field.Name.ToLowerInvariant())?.OffsetBytes));
    }

    [Fact]
    public void Change_AndTheEnumInC_HaveTheSameValues()
    {
        using BpfObjectSpec spec = ProcessEventSource.OpenObject();

        Assert.True(spec.Btf.TryGetEnum("process_change", out IReadOnlyDictionary<string, long>? values));

        Assert.Equal(
            Enum.GetValues<ProcessChange>().Select(change => ($"PROCESS_{change.ToString().ToUpper(CultureInfo.InvariantCulture)}", (long)change)).Order(),
            values!.Select(value => (value.Key, value.Value)).Order());
    }
}
