namespace Beyla.Host.Configuration.Settings;

/// <summary>The path of a page that we serve: <c>/metrics</c>.</summary>
internal sealed class PathType : SettingType<string>
{
    public override string Name => "path";

    public override string Parse(string text) =>
        text.StartsWith('/') && text.All(c => char.IsAsciiLetterOrDigit(c) || "/-._~".Contains(c, StringComparison.Ordinal))
            ? text
            : throw new FormatException($"'{text}' is not a path like /metrics");

    public override string Format(string value) => value;
}
