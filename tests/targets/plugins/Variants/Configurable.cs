using Beyla;

namespace Variants;

/// <summary>Has a setting of every type, drops events with what it was given, and does not like the word "no".</summary>
public sealed class Configurable() : EmptyTracer("with-settings"), IConfigurableTracer
{
    private string _given = "nothing";

    public override IReadOnlyList<GoProbe> GoProbes { get; } = [new ProbeGroup("extra") { EnabledBy = "extra" }.Entry("main.main", program: "main_begin")];

    public IReadOnlyList<TracerSetting> Settings { get; } =
    [
        new("extra", TracerSettingType.Boolean, "false", "Switches the group on."),
        new("limit", TracerSettingType.Integer, "10", "A number."),
        new("word", TracerSettingType.Text, "", "A word."),
        new("names", TracerSettingType.Texts, "a,b", "Names."),
        new("interval", TracerSettingType.Duration, "5s", "A time."),
    ];

    public IReadOnlyList<BpfVariable> BpfVariables => [BpfVariable.Of("given", _given.Length)];

    public void Configure(ITracerSettings settings)
    {
        string word = settings.Text("word");
        if (word == "no") throw new FormatException("'no' is not a nice word");
        _given = $"{settings.Boolean("extra")} {settings.Integer("limit")} {word} {string.Join('|', settings.Texts("names"))} {settings.Duration("interval").TotalSeconds}";
    }

    public override void Decode(in BpfEvent e, ISpanWriter spans) => spans.Drop(_given);
}
