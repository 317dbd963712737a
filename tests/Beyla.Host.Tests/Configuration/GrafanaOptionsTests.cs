using Beyla.Host.Configuration;

namespace Beyla.Host.Tests.Configuration;

public class GrafanaOptionsTests
{
    private readonly GrafanaOptions _cloud = new() { Zone = "prod-eu-west-0", InstanceId = "12", ApiKey = "k:y" };

    [Fact]
    public void Complete_SignalThatGoesThere_GetsTheGatewayAndItsPassword()
    {
        OtlpOptions own = new() { Headers = [new("X-Scope", "a")] };
        OtlpOptions completed = _cloud.Complete(own, "traces");
        Assert.Equal("https://otlp-gateway-prod-eu-west-0.grafana.net/otlp/v1/traces", completed.Endpoint);
        Assert.Equal(OtlpProtocol.HttpProtobuf, completed.Protocol);
        Assert.Equal([new("X-Scope", "a"), new("Authorization", "Basic MTI6azp5")], completed.Headers);
    }

    [Fact]
    public void Complete_OtherSignalOrOwnEndpointOrNoZone_KeepsTheOptions()
    {
        OtlpOptions none = new(), own = new() { Endpoint = "http://collector:4318" };
        Assert.Same(none, _cloud.Complete(none, "metrics"));
        Assert.Same(own, _cloud.Complete(own, "traces"));
        Assert.Same(none, new GrafanaOptions().Complete(none, "traces"));
    }
}
