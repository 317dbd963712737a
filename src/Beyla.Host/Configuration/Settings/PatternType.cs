using System.Text.RegularExpressions;

namespace Beyla.Host.Configuration.Settings;

/// <summary>A .NET regular expression that must match somewhere in the text.</summary>
internal sealed class PatternType : SettingType<Regex?>
{
    public override string Name => "regular expression";

    public override IReadOnlyList<string> Shapes => [JsonShape.Text];

    public override Regex Parse(string text)
    {
        try
        {
            return new Regex(text, RegexOptions.CultureInvariant);
        }
        catch (RegexParseException e)
        {
            // .NET's message is "Invalid pattern 'x' at offset 3. Reason."
            string reason = e.Message[(e.Message.IndexOf($"offset {e.Offset}. ", StringComparison.Ordinal) is var at and >= 0 ? at + $"offset {e.Offset}. ".Length : 0)..];
            throw new FormatException($"'{text}' is not a regular expression: at character {e.Offset}: {reason.TrimEnd('.')}", e);
        }
    }

    public override string Format(Regex? value) => value?.ToString() ?? "";
}
