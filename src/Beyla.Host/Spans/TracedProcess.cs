using Beyla.Host.Discovery;

namespace Beyla.Host.Spans;

/// <summary>A process under trace, with its resource attributes.</summary>
/// <param name="Handle">The host's handle, as in the event header; never reused.</param>
/// <param name="Info">The process.</param>
/// <param name="Service">Its name.</param>
/// <param name="Language">telemetry.sdk.language: <c>go</c>.</param>
internal sealed record TracedProcess(uint Handle, ProcessInfo Info, ServiceIdentity Service, string Language);
