using System.Text.Json.Nodes;
using Beyla.Host.Export.Otlp.Sending;
using Beyla.Host.Identity;
using Beyla.Host.Identity.Kubernetes;
using Beyla.Host.Tests.Plugins;
using EndToEnd.Harness;
using Microsoft.Extensions.Logging;

namespace Beyla.Host.Tests.Identity.Kubernetes;

/// <summary>The pods of a node, followed over the API server's list and watch.</summary>
public sealed class PodWatchTests : IAsyncLifetime, IDisposable
{
    private const string Uid = "6d3c5f7e-0000-4000-8000-000000000001", Other = "6d3c5f7e-0000-4000-8000-000000000002";
    private static readonly string Container = new('a', 64);

    private readonly RecordingLogs _logs = new();
    private readonly PodDirectory _pods = new(Eventually.Soon, TimeProvider.System);
    private ApiServer _server = null!;

    public async Task InitializeAsync() => _server = await ApiServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    public void Dispose() => _logs.Dispose();

    [Fact]
    public void Find_PodThatIsListed_KnowsItsPlaceAndItsContainer()
    {
        _server.Set(Pod(Uid, "shop-7c9d8f6b5-x2x4z"));
        using PodWatch watch = Watch(_server.Access);

        (PodFacts pod, string? container) = _pods.Find(new ContainerPlace(Container, null, null))!.Value;
        Assert.Equal("app", container);
        Assert.Equal(
            [
                "k8s.deployment.name=shop", "k8s.namespace.name=store", "k8s.node.name=node7", "k8s.pod.name=shop-7c9d8f6b5-x2x4z", "k8s.pod.start_time=2026-11-21T10:00:00Z",
                $"k8s.pod.uid={Uid}", "k8s.replicaset.name=shop-7c9d8f6b5",
            ], pod.Attributes.Select(a => $"{a.Key}={a.Value}").Order(StringComparer.Ordinal));
        Assert.Equal(("checkout", "gold", "store"), (pod.Info.Labels["app.kubernetes.io/name"], pod.Info.Annotations["resource.opentelemetry.io/tier"], pod.Info.Namespace));
        Assert.Equal("Bearer secret /api/v1/pods?fieldSelector=spec.nodeName=node7", _server.Requests.First());
        Assert.Null(_pods.Find(new ContainerPlace(new string('b', 64), Other, null)));
    }

    [Fact]
    public async Task Watch_PodsComeChangeAndGo_AreFollowed()
    {
        using PodWatch watch = Watch(_server.Access);
        await UntilAsync(() => _server.Requests.Any(r => r.Contains("watch=true", StringComparison.Ordinal)));

        _server.Set(Pod(Uid, "first"));
        await UntilAsync(() => NameOf(Uid) == "first");
        _server.Set(Pod(Uid, "renamed"));
        await UntilAsync(() => NameOf(Uid) == "renamed");
        _server.Delete(Uid);
        await UntilAsync(() => NameOf(Uid) is null);
        Assert.Equal(1, _server.Lists);
    }

    [Fact]
    public async Task Watch_ServerForgotOurVersion_BeginsAnewWithAList()
    {
        _server.Set(Pod(Uid, "first"));
        _server.Set(Pod(Other, "second"));
        using PodWatch watch = Watch(_server.Access);
        await UntilAsync(() => NameOf(Other) == "second" && _server.Requests.Count == 2);

        _server.Forget(Other);
        await UntilAsync(() => NameOf(Other) is null);
        Assert.Equal("first", NameOf(Uid));
        Assert.Equal(2, _server.Lists);
        Assert.DoesNotContain(_logs.Lines, l => l.Level == LogLevel.Warning);
    }

    [Fact]
    public async Task Watch_ServerRefuses_IsToldOnceAndAskedAgain()
    {
        _server.Set(Pod(Uid, "first"));
        _server.Refusals.Enqueue(403);
        _server.Refusals.Enqueue(503);
        using PodWatch watch = Watch(_server.Access);
        await UntilAsync(() => NameOf(Uid) == "first");
        await UntilAsync(() => _logs.Lines.Count == 2);

        Assert.Equal(
            [
                $"Kubernetes' API server {_server.Address} cannot be asked about pods: it refuses (403): let the service account list and watch pods "
                + "(a ClusterRole with verbs list and watch on pods); what is known of pods stays, and it is asked again.",
                "Kubernetes: 1 pods on node node7.",
            ], _logs.Lines.Select(l => l.Text));
    }

    [Fact]
    public async Task Watch_ServerHasAnotherAuthority_IsNotTrusted()
    {
        using System.Security.Cryptography.X509Certificates.X509Certificate2 other = Certificates.SelfSigned();
        using PodWatch watch = Watch(new KubernetesAccess { Server = _server.Address, Authorities = other.ExportCertificatePem(), Token = "secret" });
        await UntilAsync(() => _logs.Lines.Count > 0);

        Assert.Empty(_server.Requests);
    }

    [Fact]
    public async Task Kubeconfig_TokenInAFile_IsReadForEachRequest()
    {
        using TemporaryFolder folder = new();
        folder.Write("token", "one\n");
        string authority = Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes(_server.Authority));
        string config = folder.Write("config", $$"""
            apiVersion: v1
            current-context: here
            contexts: [{ name: there, context: { cluster: x, user: y } }, { name: here, context: { cluster: c, user: u } }]
            clusters: [{ name: c, cluster: { server: "{{_server.Address}}", certificate-authority-data: {{authority}} } }]
            users: [{ name: u, user: { tokenFile: token } }]
            """);
        _server.Refusals.Enqueue(401);
        using PodWatch watch = Watch(KubernetesSources.Kubeconfig(config));
        await UntilAsync(() => _logs.Lines.Count > 0);
        folder.Write("token", "two\n");
        await UntilAsync(() => _server.Lists >= 2);

        Assert.Equal(["Bearer one", "Bearer two"], _server.Requests.Take(2).Select(r => r[..r.IndexOf(" /", StringComparison.Ordinal)]));
    }

    [Theory]
    [InlineData("users: [{ name: u, user: { exec: { command: aws } } }]", "its user logs in by a program, which is not supported: use a token or a certificate")]
    [InlineData("users: []", "it has no user 'u'")]
    public void Kubeconfig_ThatCannotBeUsed_IsToldInOneSentence(string users, string reason)
    {
        using TemporaryFolder folder = new();
        string config = folder.Write("config", $$"""
            current-context: here
            contexts: [{ name: here, context: { cluster: c, user: u } }]
            clusters: [{ name: c, cluster: { server: "https://127.0.0.1" } }]
            {{users}}
            """);
        InvalidOperationException e = Assert.Throws<InvalidOperationException>(() => KubernetesSources.Kubeconfig(config));
        Assert.Equal($"cannot use the kubeconfig file '{config}': {reason}; correct attributes.kubernetes.kubeconfig_path (KUBECONFIG) or the file.", e.Message);
    }

    private PodWatch Watch(KubernetesAccess access)
    {
        PodWatch watch = new(access, "node7", _pods, new RetryDelay(() => 0), _logs.Of<PodWatch>());
        watch.Start();
        return watch;
    }

    private string? NameOf(string uid) => _pods.Find(new ContainerPlace(null, uid, null))?.Pod.Attributes["k8s.pod.name"];

    private static Task UntilAsync(Func<bool> condition) => Eventually.TrueAsync(condition, Eventually.Soon, () => "it did not come so far");

    private static JsonObject Pod(string uid, string name) => JsonNode.Parse($$"""
        {
          "apiVersion": "v1", "kind": "Pod",
          "metadata": {
            "name": "{{name}}", "namespace": "store", "uid": "{{uid}}", "resourceVersion": "7",
            "labels": { "app.kubernetes.io/name": "checkout", "pod-template-hash": "7c9d8f6b5" },
            "annotations": { "resource.opentelemetry.io/tier": "gold" },
            "ownerReferences": [{ "apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "shop-7c9d8f6b5", "uid": "x", "controller": true }]
          },
          "spec": { "nodeName": "node7", "containers": [{ "name": "app" }] },
          "status": {
            "phase": "Running", "startTime": "2026-11-21T10:00:00Z",
            "containerStatuses": [{ "name": "app", "containerID": "containerd://{{Container}}", "ready": true }]
          }
        }
        """)!.AsObject();
}
