using Beyla.Host.Identity;

namespace Beyla.Host.Tests.Identity;

public sealed class KubernetesPlaceTests
{
    private const string Uid = "3f1c2d4e-5a6b-4c7d-8e9f-0a1b2c3d4e5f";
    private static readonly ContainerPlace Pod = new("abc", Uid, "main");

    [Fact]
    public void Contains_ByUidOrVariable()
    {
        Assert.True(KubernetesPlace.Contains(ProcessEnvironment.Empty, Pod));
        Assert.True(KubernetesPlace.Contains(ProcessEnvironmentTests.Of("KUBERNETES_SERVICE_HOST=10.0.0.1"), ContainerPlace.None));
        Assert.False(KubernetesPlace.Contains(ProcessEnvironmentTests.Of("HOSTNAME=a"), new ContainerPlace("abc", null, null)));
    }

    [Fact]
    public void Add_OfADeploymentsPod_NamesTheServiceAfterTheDeployment()
    {
        Dictionary<string, string> all = Add(["HOSTNAME=shop-cart-7c9d8f6b5-x2x4z", "NODE_NAME=node-1"], new PodInfo { Namespace = "eu" });

        Assert.Equal("shop-cart", all["service.name"]);
        Assert.Equal("eu", all["service.namespace"]);
        Assert.Equal("shop-cart-7c9d8f6b5-x2x4z", all["k8s.pod.name"]);
        Assert.Equal("shop-cart-7c9d8f6b5", all["k8s.replicaset.name"]);
        Assert.Equal("shop-cart", all["k8s.deployment.name"]);
        Assert.Equal((Uid, "main", "eu", "node-1"), (all["k8s.pod.uid"], all["k8s.container.name"], all["k8s.namespace.name"], all["k8s.node.name"]));
    }

    [Theory]
    [InlineData("db-0", "db-0")]                              // of a StatefulSet
    [InlineData("backup-tools-notes", "backup-tools-notes")]  // words: no random letters
    [InlineData("api-7c9d8f6b5-x2x4", "api-7c9d8f6b5-x2x4")]  // one letter short
    [InlineData("api-7c9d8f6b5-x2x4z", "api")]
    public void Add_APodsName_NamesADeploymentOnlyWhereItCanBeOne(string pod, string service) =>
        Assert.Equal(service, Add([$"POD_NAME={pod}"], PodInfo.None)["service.name"]);

    [Fact]
    public void Add_VariablesOfTheDownwardApi_AreStrongerThanTheHostName() =>
        Assert.Equal("real", Add(["HOSTNAME=other", "OTEL_RESOURCE_ATTRIBUTES_POD_NAME=real"], PodInfo.None)["k8s.pod.name"]);

    [Fact]
    public void Add_OnTheMachinesNetwork_TheHostNameIsNotThePods()
    {
        Dictionary<string, string> all = [];
        KubernetesPlace.Add(all, ProcessEnvironmentTests.Of("HOSTNAME=node-1"), Pod, PodInfo.None, ownNetwork: false);

        Assert.DoesNotContain("k8s.pod.name", all);
        Assert.Equal("main", all["service.name"]);
    }

    [Fact]
    public void Add_AnnotationsAndLabels_AnnotationsAreStronger()
    {
        PodInfo pod = new()
        {
            Annotations = new Dictionary<string, string> { ["resource.opentelemetry.io/service.name"] = "cart", ["resource.opentelemetry.io/team"] = "a", ["other"] = "b" },
            Labels = new Dictionary<string, string> { ["app.kubernetes.io/name"] = "shop", ["app.kubernetes.io/version"] = "1.2" },
        };

        Dictionary<string, string> all = Add([], pod);

        Assert.Equal(("cart", "a", "1.2"), (all["service.name"], all["team"], all["service.version"]));
        Assert.DoesNotContain("other", all);
        Assert.Equal("shop", Add([], new PodInfo { Labels = pod.Labels })["service.name"]);
    }

    [Fact]
    public void Add_WhatIsThereAlready_Stays()
    {
        Dictionary<string, string> all = new() { ["service.name"] = "mine", ["k8s.namespace.name"] = "told" };
        KubernetesPlace.Add(all, ProcessEnvironmentTests.Of("POD_NAMESPACE=env"), Pod, PodInfo.None, ownNetwork: true);

        Assert.Equal(("mine", "told", "told"), (all["service.name"], all["k8s.namespace.name"], all["service.namespace"]));
    }

    [Theory]
    [InlineData("a.b/c=\"d\"", "a.b/c", "d")]
    [InlineData("a=\"say \\\"hi\\\" \\\\ \\n\"", "a", "say \"hi\" \\ \n")]
    [InlineData("a=\"\\u00e9 \\U0001f600\"", "a", "é 😀")]
    [InlineData("a=\"\\ud800\"", "a", "ud800")]
    [InlineData("a=\"\"", "a", "")]
    [InlineData("a=b", "a", null)]
    public void PodInfo_Parse_LinesQuotedAsInGo(string line, string key, string? value) =>
        Assert.Equal(value, PodInfo.Parse($"first=\"1\"\n{line}\n").GetValueOrDefault(key));

    private static Dictionary<string, string> Add(string[] variables, PodInfo pod)
    {
        Dictionary<string, string> all = [];
        KubernetesPlace.Add(all, ProcessEnvironmentTests.Of(variables), Pod, pod, ownNetwork: true);
        return all;
    }
}
