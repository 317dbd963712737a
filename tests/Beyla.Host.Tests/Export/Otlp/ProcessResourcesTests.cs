using Beyla.Host.Export.Otlp;
using Beyla.Host.Spans;

namespace Beyla.Host.Tests.Export.Otlp;

public class ProcessResourcesTests
{
    [Fact]
    public void Resource_OfAProcess_SaysWhoItIs()
    {
        Dictionary<string, object> all = Attributes(Exporting.Process(7, "shop", "eu"));

        Assert.Equal("shop", all["service.name"]);
        Assert.Equal("eu", all["service.namespace"]);
        Assert.Equal("node7:107:77", all["service.instance.id"]);
        Assert.Equal(107L, all["process.pid"]);
        Assert.Equal("shop", all["process.executable.name"]);
        Assert.Equal("/srv/shop", all["process.executable.path"]);
        Assert.Equal("node7", all["host.name"]);
        Assert.Equal("go", all["telemetry.sdk.language"]);
        Assert.Equal(("beyla", "1.2.3"), (all["telemetry.distro.name"], all["telemetry.distro.version"]));
    }

    [Fact]
    public void Resource_AttributesOfTheUser_FillInButDoNotReplaceTheProcess()
    {
        Dictionary<string, object> all = Attributes(
            Exporting.Process(7, "shop"), new("service.name", "all"), new("service.namespace", "eu"), new("host.name", "pod"), new("team", "a"));

        Assert.Equal("shop", all["service.name"]);
        Assert.Equal(("eu", "pod", "a"), (all["service.namespace"], all["host.name"], all["team"]));
    }

    [Fact]
    public void Resource_WhatIsKnownOfTheProcess_IsStrongerThanTheUsersForAll()
    {
        TracedProcess process = Exporting.Process(7, "shop") with { Attributes = [("container.id", "abc"), ("team", "b"), ("service.instance.id", "told")] };

        Dictionary<string, object> all = Attributes(process, new("team", "a"), new("host.id", "given"));

        Assert.Equal(("abc", "b", "told", "given"), (all["container.id"], all["team"], all["service.instance.id"], all["host.id"]));
        Assert.Equal("linux", all["os.type"]);
    }

    [Fact]
    public void Resource_InstanceOfTheUser_ReplacesOurs()
    {
        ProcessResource resource = new ProcessResources("node7", "1.2.3", [], "the-one").Of(Exporting.Process(7, "shop"));
        Assert.Contains(("service.instance.id", (object)"the-one"), resource.All);
    }

    [Fact]
    public void Resource_SameProcess_IsMadeOnce()
    {
        ProcessResources resources = new("node7", "1.2.3", []);
        TracedProcess process = Exporting.Process(7, "shop");
        Assert.Same(resources.Of(process), resources.Of(process));
    }

    private static Dictionary<string, object> Attributes(TracedProcess process, params KeyValuePair<string, string>[] additional) =>
        new ProcessResources("node7", "1.2.3", additional).Of(process).All.ToDictionary(a => a.Key, a => a.Value);
}
