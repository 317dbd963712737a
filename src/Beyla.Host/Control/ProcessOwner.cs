using System.Globalization;

namespace Beyla.Host.Control;

/// <summary>The user this process runs as.</summary>
internal static class ProcessOwner
{
    /// <summary>Its effective user id: the second number of <c>Uid:</c> in /proc/self/status (proc(5)).</summary>
    public static uint Uid { get; } = uint.Parse(
        File.ReadLines("/proc/self/status").First(line => line.StartsWith("Uid:", StringComparison.Ordinal)).Split('\t')[2], CultureInfo.InvariantCulture);
}
