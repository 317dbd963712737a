using System.Globalization;
using Beyla.Host.Configuration.Toml;

namespace Beyla.Host.Configuration.Settings;

/// <summary>The settings of sampling: <c>[traces.sampler]</c> and <c>[discovery.services.sampler]</c>.</summary>
internal static class SamplerSettings
{
    private static readonly SamplerOptions Defaults = new();

    private static readonly (string Word, SamplerName Value)[] Names =
    [
        ("always_on", SamplerName.AlwaysOn), ("always_off", SamplerName.AlwaysOff), ("traceidratio", SamplerName.TraceIdRatio),
        ("parentbased_always_on", SamplerName.ParentBasedAlwaysOn), ("parentbased_always_off", SamplerName.ParentBasedAlwaysOff),
        ("parentbased_traceidratio", SamplerName.ParentBasedTraceIdRatio),
    ];

    public static readonly Setting<SamplerName> Name = new(new ChoiceType<SamplerName>(Names), Defaults.Name)
    {
        Live = true,
        Key = "traces.sampler.name",
        Environment = ["OTEL_TRACES_SAMPLER"],
        Description = "Which traces are exported; parentbased_… does what the caller decided, if it said so.",
    };

    public static readonly Setting<double> Argument = new(new RatioType(), Defaults.Argument)
    {
        Live = true,
        Key = "traces.sampler.arg",
        Environment = ["OTEL_TRACES_SAMPLER_ARG"],
        Description = "The share of traces for traceidratio, 0 to 1.",
    };

    public static readonly Setting<SamplerName?> ServiceName = new(new OptionalChoiceType<SamplerName>(Names), null)
    {
        Live = true,
        Key = "discovery.services[].sampler.name",
        Description = "The sampler of this service; else that of all.",
    };

    public static readonly Setting<double> ServiceArgument = new(new RatioType(), Defaults.Argument)
    {
        Live = true,
        Key = "discovery.services[].sampler.arg",
        Description = "The share of its traces for traceidratio, 0 to 1.",
    };

    /// <summary>In the order of the documentation.</summary>
    public static IReadOnlyList<Setting> All { get; } = [Name, Argument];

    /// <summary>Of each service.</summary>
    public static IReadOnlyList<Setting> OfServices { get; } = [ServiceName, ServiceArgument];

    /// <summary>A number from 0 to 1.</summary>
    private sealed class RatioType : SettingType<double>
    {
        private const NumberStyles Style = NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

        public override string Name => "ratio";

        public override double Parse(string text) =>
            double.TryParse(text, Style, CultureInfo.InvariantCulture, out double ratio) && ratio is >= 0 and <= 1
                ? ratio
                : throw new FormatException($"'{text}' is not a number from 0 to 1");

        public override string Format(double value) => value.ToString("R", CultureInfo.InvariantCulture);

        public override string FromToml(TomlValue value) =>
            value is TomlFloat or TomlInteger or TomlString ? value.ToString()! : throw Mistyped(value, "a number from 0 to 1");
    }
}
