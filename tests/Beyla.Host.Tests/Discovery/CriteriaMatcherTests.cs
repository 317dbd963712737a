using System.Text.RegularExpressions;
using System.Threading.Channels;
using Beyla.Host.Configuration;
using Beyla.Host.Discovery;
using EndToEnd.Harness;

namespace Beyla.Host.Tests.Discovery;

public sealed class CriteriaMatcherTests
{
    [Theory]
    [InlineData("8080", 8080, true)]
    [InlineData("80,8080-8089", 8085, true)]
    [InlineData("80,8080-8089", 8090, false)]
    public void OpenPort_ListAndRange_SelectsWhoeverListensThere(string ports, int listening, bool selected)
    {
        CriteriaMatcher matcher = new(new BeylaOptions { OpenPort = PortSet.Parse(ports) });

        Assert.Equal(selected, matcher.Handle(Created(7, "/bin/a", 22, listening)) is ProcessSelected);
    }

    [Fact]
    public void OpenPort_OpenedLater_SelectsThen()
    {
        CriteriaMatcher matcher = new(new BeylaOptions { OpenPort = PortSet.Parse("80") });

        Assert.Null(matcher.Handle(Created(7, "/bin/a")));
        Assert.NotNull(matcher.Handle(Created(7, "/bin/a", 80)));
    }

    [Fact]
    public void ExecutableName_MatchesAnywhereInThePath()
    {
        CriteriaMatcher matcher = new(new BeylaOptions { ExecutableName = new Regex("srv/.*met") });

        Assert.NotNull(matcher.Handle(Created(7, "/srv/bin/prometheus")));
        Assert.Null(matcher.Handle(Created(8, "/usr/bin/prometheus")));
    }

    [Fact]
    public void SystemWide_SelectsEverything()
    {
        CriteriaMatcher matcher = new(new BeylaOptions { Discovery = new DiscoveryOptions { SystemWide = true } });

        Assert.NotNull(matcher.Handle(Created(7, "/srv/bin/a")));
        Assert.NotNull(matcher.Handle(Created(8, "/b", 80)));
    }

    [Fact]
    public void TopLevelCriteria_BothSet_BothMustMatch()
    {
        CriteriaMatcher matcher = new(new BeylaOptions { ExecutableName = new Regex("prom"), OpenPort = PortSet.Parse("9090") });

        Assert.Null(matcher.Handle(Created(7, "/bin/prometheus", 80)));
        Assert.Null(matcher.Handle(Created(8, "/bin/etcd", 9090)));
        Assert.NotNull(matcher.Handle(Created(9, "/bin/prometheus", 9090)));
    }

    [Fact]
    public void Services_SeveralMatch_TheFirstNamesIt()
    {
        CriteriaMatcher matcher = new(Services(
            new ServiceCriteria { Name = "both", ExePath = new Regex("a$"), OpenPorts = PortSet.Parse("80") },
            new ServiceCriteria { Name = "port", Namespace = "shop", OpenPorts = PortSet.Parse("80") },
            new ServiceCriteria { ExePath = new Regex("a$") }));

        Assert.Equal(new ServiceIdentity("both", null), Service(matcher, Created(1, "/bin/a", 80)));
        Assert.Equal(new ServiceIdentity("port", "shop"), Service(matcher, Created(2, "/bin/b", 80)));
        Assert.Equal(new ServiceIdentity("a", null), Service(matcher, Created(3, "/bin/a", 81)));
        Assert.Null(Service(matcher, Created(4, "/bin/b", 81)));
    }

    [Fact]
    public void Services_AndTopLevel_TopLevelComesLast()
    {
        BeylaOptions options = new()
        {
            OpenPort = PortSet.Parse("80"), ServiceName = "top", ServiceNamespace = "level",
            Discovery = new DiscoveryOptions { Services = [new ServiceCriteria { Name = "entry", ExePath = new Regex("a$") }] },
        };
        CriteriaMatcher matcher = new(options);

        Assert.Equal(new ServiceIdentity("entry", null), Service(matcher, Created(1, "/bin/a", 80)));
        Assert.Equal(new ServiceIdentity("top", "level"), Service(matcher, Created(2, "/bin/b", 80)));
    }

    [Fact]
    public void NoCriteria_SelectNothing()
    {
        CriteriaMatcher matcher = new(Services(new ServiceCriteria { Name = "everything?" }));

        Assert.Null(matcher.Handle(Created(1, "/bin/a", 80)));
    }

    [Fact]
    public void Selected_MoreEvents_AreNotSelectedAgain()
    {
        CriteriaMatcher matcher = new(new BeylaOptions { OpenPort = PortSet.Parse("80-90") });

        Assert.NotNull(matcher.Handle(Created(1, "/bin/a", 80)));
        Assert.Null(matcher.Handle(Created(1, "/bin/a", 80, 81)));
        Assert.Null(matcher.Handle(Created(1, "/bin/a")));
        Assert.IsType<ProcessDeleted>(matcher.Handle(Deleted(1)));
    }

    [Fact]
    public void Deleted_NotSelected_IsNotPassedOn()
    {
        CriteriaMatcher matcher = new(new BeylaOptions { OpenPort = PortSet.Parse("80") });

        matcher.Handle(Created(1, "/bin/a"));

        Assert.Null(matcher.Handle(Deleted(1)));
    }

    [Fact]
    public void Exec_OfASelectedProcess_IsMatchedAnew()
    {
        CriteriaMatcher matcher = new(new BeylaOptions { ExecutableName = new Regex("a|b") });

        Assert.NotNull(matcher.Handle(Created(1, "/bin/a")));
        Assert.NotNull(matcher.Handle(Deleted(1)));
        Assert.Equal("b", Service(matcher, Created(1, "/bin/b"))?.Name);
        Assert.NotNull(matcher.Handle(Deleted(1)));
        Assert.Null(matcher.Handle(Created(1, "/usr/ls")));
    }

    [Fact]
    public void TheAgentItself_IsNeverSelected()
    {
        CriteriaMatcher matcher = new(new BeylaOptions { ExecutableName = new Regex(".") });

        Assert.Null(matcher.Handle(Created(Environment.ProcessId, "/bin/beyla")));
    }

    [Fact]
    public void Reselect_OtherCriteria_TellsOnlyTheDifference()
    {
        CriteriaMatcher matcher = new(Services(Port("80", "a"), Port("81", "b"), Port("82", "c")));
        foreach (int i in Enumerable.Range(0, 5)) matcher.Handle(Created(i + 1, $"/bin/{i}", 80 + i));
        matcher.Handle(Deleted(5));

        IReadOnlyList<ProcessEvent> difference = matcher.Reselect(Services(Port("80", "a"), Port("82", "other"), Port("83-84", "d")));

        Assert.Collection(difference,
            e => Assert.Equal(Deleted(2), e),
            e => Assert.Equal((4, "d"), (((ProcessSelected)e).Process.Pid, ((ProcessSelected)e).Service.Name)),
            e => Assert.Equal(new ProcessRenamed(new ProcessId(3, 100), new ServiceIdentity("other", null)), e));
        Assert.Empty(matcher.Reselect(Services(Port("80", "a"), Port("82", "other"), Port("83-84", "d"))));
        Assert.Null(matcher.Handle(Deleted(2)));
        Assert.Equal(Deleted(3), matcher.Handle(Deleted(3)));
    }

    [Fact]
    public async Task Apply_WhileRunning_SelectsWhatRunsAlready()
    {
        CriteriaMatcher matcher = new(Services(Port("80", "a")));
        Channel<ProcessEvent> events = Channel.CreateUnbounded<ProcessEvent>(), selections = Channel.CreateUnbounded<ProcessEvent>();
        Task running = matcher.RunAsync(events.Reader, selections.Writer, CancellationToken.None);
        foreach (int i in new[] { 0, 1 }) events.Writer.TryWrite(Created(i + 1, "/bin/x", 80 + i));
        Assert.Equal(1, Assert.IsType<ProcessSelected>(await NextAsync()).Process.Pid);

        matcher.Apply(Services(Port("80-81", "a")));
        Assert.Equal(2, Assert.IsType<ProcessSelected>(await NextAsync()).Process.Pid);
        matcher.Apply(Services(Port("81", "a")));
        Assert.Equal(Deleted(1), await NextAsync());

        events.Writer.Complete();
        await running.WaitAsync(Eventually.Soon);
        Assert.False(await selections.Reader.WaitToReadAsync());

        Task<ProcessEvent> NextAsync() => selections.Reader.ReadAsync().AsTask().WaitAsync(Eventually.Soon);
    }

    [Fact]
    public async Task RunAsync_EventsFail_FailsTheSelections()
    {
        CriteriaMatcher matcher = new(new BeylaOptions());
        Channel<ProcessEvent> events = Channel.CreateUnbounded<ProcessEvent>(), selections = Channel.CreateUnbounded<ProcessEvent>();
        events.Writer.Complete(new IOException("gone"));
        await Assert.ThrowsAsync<IOException>(() => matcher.RunAsync(events.Reader, selections.Writer, CancellationToken.None));
        await Assert.ThrowsAsync<IOException>(() => selections.Reader.Completion);
    }

    [Fact]
    public async Task RunAsync_EventsComplete_SelectionsAreCompleteInOrder()
    {
        CriteriaMatcher matcher = new(new BeylaOptions { ExecutableName = new Regex("a$") });
        Channel<ProcessEvent> events = Channel.CreateUnbounded<ProcessEvent>(), selections = Channel.CreateUnbounded<ProcessEvent>();
        foreach (ProcessEvent e in new ProcessEvent[] { Created(1, "/bin/a"), Created(2, "/bin/b"), Deleted(2), Deleted(1) }) events.Writer.TryWrite(e);
        events.Writer.Complete();

        await matcher.RunAsync(events.Reader, selections.Writer, CancellationToken.None);

        List<ProcessEvent> all = await selections.Reader.ReadAllAsync().ToListAsync();
        Assert.Collection(all, e => Assert.Equal(1, Assert.IsType<ProcessSelected>(e).Process.Pid), e => Assert.Equal(Deleted(1), e));
    }

    private static ServiceCriteria Port(string ports, string name) => new() { Name = name, OpenPorts = PortSet.Parse(ports) };

    private static BeylaOptions Services(params ServiceCriteria[] services) => new() { Discovery = new DiscoveryOptions { Services = services } };

    private static ServiceIdentity? Service(CriteriaMatcher matcher, ProcessEvent e) => (matcher.Handle(e) as ProcessSelected)?.Service;

    private static ProcessCreated Created(int pid, string executable, params int[] ports) =>
        new ProcessCreated(new ProcessInfo(new ProcessId(pid, 100), 1, executable, new HashSet<int>(ports)));

    private static ProcessDeleted Deleted(int pid) => new ProcessDeleted(new ProcessId(pid, 100));
}
