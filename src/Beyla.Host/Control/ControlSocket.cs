using System.Globalization;
using System.Net.Sockets;

namespace Beyla.Host.Control;

/// <summary>Where agents can be asked: <c>agent-PID.sock</c> in a folder that only its owner can enter.</summary>
internal static class ControlSocket
{
    private const string Pattern = "agent-*.sock";

    /// <summary>Folders in the order of preference: of the machine (root), of the session (XDG_RUNTIME_DIR), of the user.</summary>
    public static IReadOnlyList<string> Folders { get; } =
    [
        "/run/beyla",
        .. Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") is { Length: > 0 } session ? new[] { Path.Combine(session, "beyla") } : [],
        Path.Combine(Path.GetTempPath(), $"beyla-{Environment.UserName}"),
    ];

    /// <summary>Makes the first folder that can be made and is ours, and gives the path of our socket in it; null: there is no such place.</summary>
    public static string? Place()
    {
        foreach (string folder in Folders)
        {
            try
            {
                const UnixFileMode ours = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
                Directory.CreateDirectory(folder, ours);
                // Somebody else's folder of that name in /tmp would be a trap: only its owner may change its mode.
                File.SetUnixFileMode(folder, ours);
                foreach (string left in Existing(folder).Where(path => HasEnded(path) && !IsAnswered(path))) File.Delete(left);
                return Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"agent-{Environment.ProcessId}.sock"));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // The next one, then.
            }
        }
        return null;
    }

    /// <summary>The sockets of running agents that we may ask.</summary>
    public static IReadOnlyList<string> Find() => [.. Folders.SelectMany(Existing).Where(IsAnswered)];

    private static string[] Existing(string folder)
    {
        try
        {
            return Directory.GetFiles(folder, Pattern);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>Whether the agent that made the socket is gone. One that has just made it does not answer yet.</summary>
    private static bool HasEnded(string path) => !Directory.Exists($"/proc/{Path.GetFileNameWithoutExtension(path)["agent-".Length..]}");

    /// <summary>An agent that crashed leaves its socket behind.</summary>
    private static bool IsAnswered(string path)
    {
        using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
