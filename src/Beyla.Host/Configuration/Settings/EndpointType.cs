using Beyla.Host.Export.Otlp;

namespace Beyla.Host.Configuration.Settings;

/// <summary>The address of an OTLP server: a URL, or HOST:PORT.</summary>
internal sealed class EndpointType : SettingType<string?>
{
    public override string Name => "endpoint";

    public override IReadOnlyList<string> Shapes => [JsonShape.Text];

    public override string Parse(string text)
    {
        OtlpEndpoint.Parse(text, insecure: false, out _);
        return text;
    }

    public override string Format(string? value) => value ?? "";
}
