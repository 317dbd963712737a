using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Beyla.Host.Commands;

/// <summary>JSON for stdout: indented, and readable beyond ASCII.</summary>
internal static class JsonText
{
    private static readonly JsonWriterOptions Options = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The text of what <paramref name="write"/> writes.</summary>
    public static string Of(Action<Utf8JsonWriter> write)
    {
        using MemoryStream bytes = new();
        using (Utf8JsonWriter writer = new(bytes, Options)) write(writer);
        return Encoding.UTF8.GetString(bytes.ToArray());
    }
}
