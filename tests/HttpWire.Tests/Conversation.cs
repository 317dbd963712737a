using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;

namespace HttpWire.Tests;

/// <summary>Bytes that went over a connection in one direction, as the client sees it.</summary>
internal sealed record Piece(bool Sent, byte[] Bytes, long Offset);

/// <summary>What was said on a stream.</summary>
internal sealed record Said(string Method, string Path, string Authority, int? Grpc, int Status, long Request, long Response, bool Reset);

/// <summary>A conversation of python-h2 with itself: an implementation that nobody here wrote.</summary>
internal sealed record Conversation(IReadOnlyList<Piece> Pieces, IReadOnlyList<Said> Exchanges)
{
    private static readonly JsonSerializerOptions s_names = new(JsonSerializerDefaults.Web);

    /// <summary>Null when python3-h2 is there; otherwise why the tests are skipped.</summary>
    public static string? Missing { get; } = Run("-c", "import h2, hpack") is null ? "python3-h2 and python3-hpack are not installed" : null;

    /// <summary>Makes conversations; the same for the same seed.</summary>
    public static IReadOnlyList<Conversation> Make(int seed, int count)
    {
        List<Conversation> all = [];
        List<Piece> pieces = [];
        List<Said> exchanges = [];
        foreach (string line in Run(Path.Combine(AppContext.BaseDirectory, "http2_oracle.py"), $"{seed}", $"{count}")!.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            JsonElement root = JsonDocument.Parse(line).RootElement;
            if (root.TryGetProperty("end", out _))
            {
                all.Add(new Conversation(pieces, exchanges));
                (pieces, exchanges) = ([], []);
            }
            else if (root.TryGetProperty("exchange", out JsonElement exchange)) exchanges.Add(exchange.Deserialize<Said>(s_names)!);
            else
            {
                bool sent = root.TryGetProperty("sent", out JsonElement hex);
                if (!sent) hex = root.GetProperty("received");
                byte[] bytes = Convert.FromHexString(hex.GetString()!);
                pieces.Add(new Piece(sent, bytes, pieces.Where(p => p.Sent == sent).Sum(p => (long)p.Bytes.Length)));
            }
        }
        return all;
    }

    /// <summary>What the system's Python prints; null when it fails.</summary>
    private static string? Run(params string[] arguments)
    {
        try
        {
            using Process python = Process.Start(new ProcessStartInfo("/usr/bin/python3", arguments) { RedirectStandardOutput = true })!;
            string text = python.StandardOutput.ReadToEnd();
            python.WaitForExit();
            return python.ExitCode == 0 ? text : null;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}

/// <summary>A test that needs <see cref="Conversation"/>.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ConversationTheoryAttribute : TheoryAttribute
{
    public ConversationTheoryAttribute() => Skip = Conversation.Missing;
}
