namespace Beyla.Host.Attachment;

/// <summary>The file under a process changed between inspection and attachment.</summary>
internal sealed class StaleExecutableException(string message) : Exception(message);
