using System.Text.RegularExpressions;

namespace Beyla.Host.Configuration;

/// <summary>What is printed in the place of secrets.</summary>
internal static partial class SecretMask
{
    /// <summary>Stands for any secret, whatever its length.</summary>
    public const string Text = "***";

    /// <summary>The text with user and password of a URL in it, and all values of its query, masked. Texts that are no URL stay as they are.</summary>
    public static string OfUrl(string text) => Secret().Replace(text, Text);

    [GeneratedRegex(@"(?<=://)[^/\s?#]*(?=@)|(?<=://[^\s#]*[?&][^\s=&#]+=)[^\s&#]+")]
    private static partial Regex Secret();
}
