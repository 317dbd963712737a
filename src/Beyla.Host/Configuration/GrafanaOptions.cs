using System.Text;

namespace Beyla.Host.Configuration;

/// <summary><c>[grafana.otlp]</c>: the OTLP gateway of a Grafana Cloud stack.</summary>
internal sealed class GrafanaOptions
{
    /// <summary>Signals that go there: <c>traces</c>, <c>metrics</c>.</summary>
    public IReadOnlyList<string> Submit { get; init; } = ["traces"];

    /// <summary>The stack's zone; null: there is none.</summary>
    public string? Zone { get; init; }

    /// <summary>User of the gateway.</summary>
    public string? InstanceId { get; init; }

    /// <summary>Password of the gateway.</summary>
    public string? ApiKey { get; init; }

    /// <summary>The options of a signal: its own where it has an endpoint, else those of the gateway where the signal goes there.</summary>
    /// <param name="own">What the user wrote for the signal.</param>
    /// <param name="signal"><c>traces</c>, <c>metrics</c>.</param>
    public OtlpOptions Complete(OtlpOptions own, string signal)
    {
        if (own.Endpoint is not null || Zone is null || InstanceId is null || ApiKey is null || !Submit.Contains(signal)) return own;
        string password = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{InstanceId}:{ApiKey}"));
        return own with
        {
            Endpoint = $"https://otlp-gateway-{Zone}.grafana.net/otlp/v1/{signal}",
            Protocol = own.Protocol ?? OtlpProtocol.HttpProtobuf,
            Headers = [.. own.Headers, new("Authorization", $"Basic {password}")],
        };
    }
}
