using System.Text;

namespace Beyla.Host.Configuration.Toml;

/// <summary>
/// A TOML 1.0 file. This type is all that the rest of the host knows of the format's reader, so that a library could take its place;
/// it passes the whole of toml-lang/toml-test for version 1.0.
/// </summary>
internal sealed class TomlDocument
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <param name="fileName">The file as the user named it.</param>
    /// <param name="root">The top level.</param>
    public TomlDocument(string fileName, TomlTable root) => (FileName, Root) = (fileName, root);

    /// <summary>The file as the user named it.</summary>
    public string FileName { get; }

    /// <summary>The top level.</summary>
    public TomlTable Root { get; }

    /// <summary>Reads a whole document.</summary>
    /// <exception cref="TomlException">The text is not TOML 1.0; the first mistake, with line and column.</exception>
    public static TomlDocument Parse(string text, string fileName) =>
        new(fileName, new TomlParser(new TomlScanner(text, fileName)).Parse());

    /// <summary>Reads a whole document from its bytes, which must be UTF-8.</summary>
    /// <exception cref="TomlException">The bytes are not UTF-8 or the text is not TOML 1.0.</exception>
    public static TomlDocument Parse(ReadOnlySpan<byte> utf8, string fileName)
    {
        string text;
        try
        {
            text = StrictUtf8.GetString(utf8);
        }
        catch (DecoderFallbackException e)
        {
            ReadOnlySpan<byte> before = utf8[..Math.Clamp(e.Index, 0, utf8.Length)];
            int line = before.Count((byte)'\n') + 1;
            int column = Encoding.UTF8.GetCharCount(before[(before.LastIndexOf((byte)'\n') + 1)..]) + 1;
            throw new TomlException(fileName, new TomlPosition(line, column), "this is not UTF-8 text; save the file as UTF-8");
        }
        return Parse(text, fileName);
    }
}
