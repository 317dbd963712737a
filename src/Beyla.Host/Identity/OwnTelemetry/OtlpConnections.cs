using System.Globalization;
using System.Text;
using Beyla.Host.Discovery;

namespace Beyla.Host.Identity.OwnTelemetry;

/// <summary>Connections to a port of OTLP: 4317 (gRPC) or 4318 (HTTP), as the specification of OTLP names them.</summary>
internal static class OtlpConnections
{
    private const int MostBytes = 16 << 20; // 100,000 connections

    /// <summary>The port of one that the process holds; null: none, or its connections cannot be read. Cost: the kernel lists all of its network namespace.</summary>
    public static int? FindPort(int pid)
    {
        Dictionary<ulong, int> connections = [];
        foreach (string file in new[] { "net/tcp", "net/tcp6" })
            foreach ((ulong inode, int port) in Parse(Encoding.ASCII.GetString(Procfs.ReadAll(pid, file, MostBytes)))) connections[inode] = port;
        if (connections.Count == 0) return null;

        foreach (ulong inode in Procfs.Sockets(pid) ?? [])
            if (connections.TryGetValue(inode, out int port)) return port;
        return null;
    }

    /// <summary>
    /// Inode and port of the established connections to such a port. Lines of proc(5):
    /// <c>sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode</c>.
    /// </summary>
    public static IEnumerable<(ulong Inode, int Port)> Parse(string text)
    {
        foreach (string line in text.Split('\n'))
        {
            string[] columns = line.Split(' ', 11, StringSplitOptions.RemoveEmptyEntries);
            if (columns.Length < 10 || columns[3] != "01") continue;
            if (int.TryParse(columns[2].AsSpan(columns[2].LastIndexOf(':') + 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int port) && port is 4317 or 4318
                && ulong.TryParse(columns[9], NumberStyles.None, CultureInfo.InvariantCulture, out ulong inode)) yield return (inode, port);
        }
    }
}
