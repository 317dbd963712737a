using System.Text.RegularExpressions;
using System.Threading.Channels;
using Beyla.Host.Configuration;
using Beyla.Host.Discovery;
using EndToEnd.Harness;
using Beyla.Host.Identity;

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

        Assert.Equal(selected, matcher.Handle(Created(7, "/bin/a", 22, listening)) is [ProcessSelected]);
    }

    [Fact]
    public void OpenPort_OpenedLater_SelectsThen()
    {
        CriteriaMatcher matcher = new(new BeylaOptions { OpenPort = PortSet.Parse("80") });

        Assert.Empty(matcher.Handle(Created(7, "/bin/a")));
        Assert.Single(matcher.Handle(Created(7, "/bin/a", 80)));
    }

    [Fact]
    public void ExecutableName_MatchesAnywhereInThePath()
    {
        CriteriaMatcher matcher = new(new BeylaOptions { ExecutableName = new Regex("srv/.*met") });

        Assert.Single(matcher.Handle(Created(7, "/srv/bin/prometheus")));
        Assert.Empty(matcher.Handle(Created(8, "/usr/bin/prometheus")));
    }

    [Fact]
    public void SystemWide_SelectsEverything()
    {
        CriteriaMatcher matcher = new(new BeylaOptions { Discovery = new DiscoveryOptions { SystemWide = true } });

        Assert.Single(matcher.Handle(Created(7, "/srv/bin/a")));
        Assert.Single(matcher.Handle(Created(8, "/b", 80)));
    }

    [Fact]
    public void TopLevelCriteria_BothSet_BothMustMatch()
    {
        CriteriaMatcher matcher = new(new BeylaOptions { ExecutableName = new Regex("prom"), OpenPort = PortSet.Parse("9090") });

        Assert.Empty(matcher.Handle(Created(7, "/bin/prometheus", 80)));
        Assert.Empty(matcher.Handle(Created(8, "/bin/etcd", 9090)));
        Assert.Single(matcher.Handle(Created(9, "/bin/prometheus", 9090)));
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

        Assert.Empty(matcher.Handle(Created(1, "/bin/a", 80)));
    }

    [Fact]
    public void Selected_MoreEvents_AreNotSelectedAgain()
    {
        CriteriaMatcher matcher = new(new BeylaOptions { OpenPort = PortSet.Parse("80-90") });

        Assert.Single(matcher.Handle(Created(1, "/bin/a", 80)));
        Assert.Empty(matcher.Handle(Created(1, "/bin/a", 80, 81)));
        Assert.Empty(matcher.Handle(Created(1, "/bin/a")));
        Assert.IsType<ProcessDeleted>(Assert.Single(matcher.Handle(Deleted(1))));
    }

    [Fact]
    public void Deleted_NotSelected_IsNotPassedOn()
    {
        CriteriaMatcher matcher = new(new BeylaOptions { OpenPort = PortSet.Parse("80") });

        matcher.Handle(Created(1, "/bin/a"));

        Assert.Empty(matcher.Handle(Deleted(1)));
    }

    [Fact]
    public void Exec_OfASelectedProcess_IsMatchedAnew()
    {
        CriteriaMatcher matcher = new(new BeylaOptions { ExecutableName = new Regex("a|b") });

        Assert.Single(matcher.Handle(Created(1, "/bin/a")));
        Assert.Single(matcher.Handle(Deleted(1)));
        Assert.Equal("b", Service(matcher, Created(1, "/bin/b"))?.Name);
        Assert.Single(matcher.Handle(Deleted(1)));
        Assert.Empty(matcher.Handle(Created(1, "/usr/ls")));
    }

    [Fact]
    public void TheAgentItself_IsNeverSelected()
    {
        CriteriaMatcher matcher = new(new BeylaOptions { ExecutableName = new Regex(".") });

        Assert.Empty(matcher.Handle(Created(Environment.ProcessId, "/bin/beyla")));
    }

    [Fact]
    public void Name_TheConfiguredOne_IsStrongerThanWhatTheProcessTells()
    {
        ProcessIdentity told = new(new Dictionary<string, string> { ["service.name"] = "cart", ["service.namespace"] = "shop" }, ProcessEnvironment.Empty);
        ServiceIdentity? Named(string? name, string? space) =>
            Service(new CriteriaMatcher(Services(new ServiceCriteria { Name = name, Namespace = space, OpenPorts = PortSet.Parse("80") }), _ => told), Created(1, "/bin/a", 80));

        Assert.Equal(new ServiceIdentity("cart", "shop"), Named(null, null));
        Assert.Equal(new ServiceIdentity("mine", "shop"), Named("mine", null));
        Assert.Equal(new ServiceIdentity("cart", "eu"), Named(null, "eu"));
    }

    [Fact]
    public void Child_OfASelectedParentWithTheSameExecutable_IsOfItsService()
    {
        CriteriaMatcher matcher = new(new BeylaOptions { OpenPort = PortSet.Parse("80"), ServiceName = "shop", ServiceNamespace = "eu" });

        matcher.Handle(Created(1, "/bin/a", 80));

        Assert.Equal(new ServiceIdentity("shop", "eu"), Service(matcher, Child(2, 1, "/bin/a")));
        Assert.Equal(new ServiceIdentity("shop", "eu"), Service(matcher, Child(3, 2, "/bin/a")));
        Assert.Null(Service(matcher, Child(4, 1, "/bin/b")));
        Assert.Null(Service(matcher, Child(5, 9, "/bin/a")));
    }

    [Fact]
    public void Child_ThatWasThereBeforeItsParentMatched_IsSelectedWithIt()
    {
        CriteriaMatcher matcher = new(new BeylaOptions { OpenPort = PortSet.Parse("80") });
        foreach (ProcessEvent e in new[] { Created(1, "/bin/a"), Child(2, 1, "/bin/a"), Child(3, 2, "/bin/a"), Child(4, 1, "/bin/b") }) Assert.Empty(matcher.Handle(e));

        Assert.Equal([1, 2, 3], matcher.Handle(Created(1, "/bin/a", 80)).Cast<ProcessSelected>().Select(s => s.Process.Pid));
    }

    [Fact]
    public void Child_ThatMatchesAnEntryItself_IsOfThatEntrysService()
    {
        CriteriaMatcher matcher = new(Services(
            new ServiceCriteria { Name = "main", OpenPorts = PortSet.Parse("80") }, new ServiceCriteria { Name = "admin", OpenPorts = PortSet.Parse("81") }));

        Assert.Equal("main", Service(matcher, Created(1, "/bin/a", 80))?.Name);
        Assert.Equal("admin", Service(matcher, Child(2, 1, "/bin/a", 81))?.Name);
    }

    [Fact]
    public void Child_OutlivesItsParent_AndEndsByItself()
    {
        CriteriaMatcher matcher = new(new BeylaOptions { OpenPort = PortSet.Parse("80") });
        matcher.Handle(Created(1, "/bin/a", 80));
        matcher.Handle(Child(2, 1, "/bin/a"));

        Assert.Equal([Deleted(1)], matcher.Handle(Deleted(1)));
        Assert.Equal("a", Service(matcher, Child(3, 2, "/bin/a"))?.Name);
        Assert.Equal([Deleted(2)], matcher.Handle(Deleted(2)));
        Assert.Null(Service(matcher, Child(4, 2, "/bin/a")));
    }

    [Fact]
    public void Child_OfAnotherProcessThatHadThePidBefore_IsNotSelected()
    {
        CriteriaMatcher matcher = new(new BeylaOptions { OpenPort = PortSet.Parse("80") });
        ProcessInfo old = new(new ProcessId(2, 99), 1, "/bin/a", new HashSet<int>());
        matcher.Handle(new ProcessCreated(old));

        Assert.Single(matcher.Handle(Created(1, "/bin/a", 80)));
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
        Assert.Empty(matcher.Handle(Deleted(2)));
        Assert.Equal([Deleted(3)], matcher.Handle(Deleted(3)));
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

    private static ServiceIdentity? Service(CriteriaMatcher matcher, ProcessEvent e) => matcher.Handle(e).OfType<ProcessSelected>().SingleOrDefault()?.Service;

    private static ProcessCreated Created(int pid, string executable, params int[] ports) => Child(pid, 0, executable, ports);

    private static ProcessCreated Child(int pid, int parent, string executable, params int[] ports) =>
        new ProcessCreated(new ProcessInfo(new ProcessId(pid, 100), parent, executable, new HashSet<int>(ports)));

    private static ProcessDeleted Deleted(int pid) => new ProcessDeleted(new ProcessId(pid, 100));
}
