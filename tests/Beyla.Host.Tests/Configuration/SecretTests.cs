using Beyla.Host.Commands;
using Beyla.Host.Configuration;
using Beyla.Host.Configuration.Settings;
using Beyla.Host.Configuration.Tracers;

namespace Beyla.Host.Tests.Configuration;

/// <summary>Whatever is printed about a configuration, right or wrong, holds none of its secrets.</summary>
public class SecretTests
{
    private const string Secret = "s3cr3t";

    public static TheoryData<string, string> Files => new()
    {
        { "otel_traces_export.headers", $"{{ Authorization = 'Bearer {Secret}' }}" },
        { "otel_traces_export.headers", $"'Authorization=Bearer {Secret}'" },
        { "otel_traces_export.headers", $"'{Secret}'" },
        { "otel_traces_export.headers", $"{{ Authorization = ['{Secret}'] }}" },
        { "otel_traces_export.endpoint", $"'http://user:{Secret}@collector:4318'" },
        { "otel_traces_export.endpoint", $"'http://{Secret}@collector:4318'" },
        { "otel_traces_export.endpoint", $"'ftp://{Secret}:{Secret}@collector:4318/'" },
        { "otel_traces_export.endpoint", $"'http://collector/v1/traces?a=b&token={Secret}'" },
        { "grafana.otlp.cloud_api_key", $"'{Secret}'" },
        { "grafana.otlp.cloud_api_key", "'${" + Secret.ToUpperInvariant() + "}'" },
    };

    [Theory, MemberData(nameof(Files))]
    public void Print_FileWithASecret_DoesNotShowIt(string key, string value)
    {
        ConfigurationSources sources = new() { Toml = $"open_port = 1\n{key} = {value}", Environment = { [Secret.ToUpperInvariant()] = Secret } };
        Assert.DoesNotContain(Secret, Printed(sources.Load()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_HEADERS", "Authorization=" + Secret)]
    [InlineData("OTEL_EXPORTER_OTLP_TRACES_HEADERS", Secret)]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "https://a:" + Secret + "@collector:4318")]
    [InlineData("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "://a:" + Secret + "@")]
    [InlineData("GRAFANA_CLOUD_API_KEY", Secret)]
    public void Print_VariableWithASecret_DoesNotShowIt(string name, string value) =>
        Assert.DoesNotContain(Secret, Printed(new ConfigurationSources { Environment = { [name] = value } }.Load()), StringComparison.Ordinal);

    [Fact]
    public void KnownSettings_NamesThatTellOfSecrets_AreSecret() => Assert.All(
        KnownSettings.All.Where(s => s.Name.Contains("key", StringComparison.Ordinal) || s.Name.Contains("headers", StringComparison.Ordinal)
            || s.Name.Contains("token", StringComparison.Ordinal) || s.Name.Contains("password", StringComparison.Ordinal)),
        s => Assert.True(s.IsSecret || s.Key.EndsWith("_export.client_key", StringComparison.Ordinal) || s.Key == "plugins.keys", $"{s.Key} is printed")); // they name files

    private static string Printed(BeylaConfiguration configuration)
    {
        TracerSettingsReader tracers = new(configuration.Options);
        using StringWriter text = new();
        foreach (bool json in new[] { false, true })
        {
            ConfigCommands.Check(configuration, tracers, json, text, text);
            ConfigCommands.Show(configuration, tracers, json, text, text);
        }
        return text.ToString();
    }
}
