using System.Diagnostics;
using Beyla.Host.Attachment;
using Beyla.Host.Discovery;
using Beyla.Host.Identity;
using Beyla.Host.Tests.Discovery;
using Beyla.Host.Tests.Plugins;
using EndToEnd.Harness;
using Microsoft.Extensions.Logging;

namespace Beyla.Host.Tests.Identity;

/// <summary>Real processes with variables of their own.</summary>
public sealed class ProcessIdentitiesTests : IDisposable
{
    private readonly RecordingLogs _logs = new();

    [Fact]
    public void Read_OpenTelemetrysVariables_NameItAndAreItsAttributes()
    {
        ProcessIdentity identity = Read("OTEL_SERVICE_NAME=cart", "OTEL_RESOURCE_ATTRIBUTES=service.name=other,service.namespace=shop,team=a%2Cb,container.id=told");

        Assert.Equal(("cart", "shop"), (identity.ServiceName, identity.ServiceNamespace));
        Assert.Equal(("a,b", "told"), (identity.Attributes["team"], identity.Attributes["container.id"]));
    }

    [Fact]
    public void Read_ResourceAttributesAlone_NameIt() => Assert.Equal("other", Read("OTEL_RESOURCE_ATTRIBUTES=service.name=other").ServiceName);

    [Fact]
    public void Read_MalformedAttributes_CountNothingAndAreLogged()
    {
        ProcessIdentity identity = Read("OTEL_RESOURCE_ATTRIBUTES=team=a,nonsense");

        Assert.DoesNotContain("team", identity.Attributes);
        Assert.Contains(_logs.Lines, l => l.Level == LogLevel.Warning && l.Text.Contains("its OTEL_RESOURCE_ATTRIBUTES is not read: part 2", StringComparison.Ordinal));
    }

    [Fact]
    public void Read_InAPod_NamesItAfterThePod()
    {
        ProcessIdentity identity = Read("KUBERNETES_SERVICE_HOST=10.0.0.1", "K8S_POD_NAME=cart-7c9d8f6b5-x2x4z", "POD_NAMESPACE=shop");

        Assert.Equal(("cart", "shop"), (identity.ServiceName, identity.ServiceNamespace));
        Assert.Equal("cart", Read("KUBERNETES_SERVICE_HOST=10.0.0.1", "POD_NAME=other", "OTEL_SERVICE_NAME=cart").ServiceName);
    }

    [Fact]
    public async Task Read_InAPodWithItsFiles_TakesThemFromThePodsRoot()
    {
        if (!Environment.IsPrivilegedProcess) return; // chroot(2) needs root
        using TemporaryFolder root = new();
        root.Write("etc/podinfo/annotations", "resource.opentelemetry.io/service.name=\"cart\"\n");
        root.Write("etc/podinfo/labels", "app.kubernetes.io/version=\"1.2\"\n");
        root.Write("var/run/secrets/kubernetes.io/serviceaccount/namespace", "shop");
        using PythonProcess pod = await PythonProcess.StartAsync("/usr/bin/env", "KUBERNETES_SERVICE_HOST=10.0.0.1", PythonProcess.Interpreter);
        await pod.RunAsync($"os.chroot('{root.Path}')");

        ProcessIdentity identity = Identities(commandLine: false).Read(new ProcessInfo(new ProcessId(pod.Pid, 1), 1, PythonProcess.Executable, new HashSet<int>()));

        Assert.Equal(("cart", "shop", "1.2"), (identity.ServiceName, identity.ServiceNamespace, identity.Attributes["service.version"]));
    }

    [Fact]
    public void Read_NothingTells_LeavesTheNameToTheExecutable() => Assert.Null(Read("HOSTNAME=web").ServiceName);

    [Fact]
    public void Read_TheCommandLine_OnlyWhenAskedFor()
    {
        Assert.DoesNotContain("process.command_line", Read("A=1").Attributes);
        Assert.Equal("sleep 600", Read(commandLine: true, "A=1").Attributes["process.command_line"]);
    }

    [Fact]
    public void ResourceOf_NamesOfTheAgent_AreNotTakenFromTheProcess()
    {
        Inspection inspection = new("/usr/bin/python3.11", "generic", "python", null, null, false, false, new Dictionary<string, string>(), []) { BaseAddress = 0, Runtime = null };

        Assert.Equal(
            [("team", "a"), ("process.runtime.name", "cpython"), ("process.runtime.version", "3.11")],
            Read("OTEL_RESOURCE_ATTRIBUTES=team=a,telemetry.sdk.language=java,process.pid=1,service.name=x").ResourceOf(inspection));
        Assert.Contains(("process.runtime.version", "9"), Read("OTEL_RESOURCE_ATTRIBUTES=process.runtime.version=9").ResourceOf(inspection));
    }

    private ProcessIdentity Read(params string[] variables) => Read(commandLine: false, variables);

    private ProcessIdentity Read(bool commandLine, params string[] variables)
    {
        // env(1) runs its program in its own place; its first line tells that the variables are there.
        ProcessStartInfo start = new("/usr/bin/env", ["-i", .. variables, "/bin/sh", "-c", "echo; exec sleep 600"]) { RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        try
        {
            process.StandardOutput.ReadLine();
            SpinWait.SpinUntil(() => Procfs.CommandLine(process.Id) == "sleep 600", TimeSpan.FromSeconds(20));
            return Identities(commandLine).Read(new ProcessInfo(new ProcessId(process.Id, 1), 1, "/bin/sleep", new HashSet<int>()));
        }
        finally
        {
            process.Kill();
        }
    }

    private ProcessIdentities Identities(bool commandLine) =>
        new(commandLine, pods: null, LoggerFactory.Create(logging => logging.AddProvider(_logs)).CreateLogger<ProcessIdentities>());

    public void Dispose() => _logs.Dispose();
}
