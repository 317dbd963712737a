namespace Beyla.Host.Discovery;

/// <summary>Something that happened to a process.</summary>
internal abstract record ProcessEvent;

/// <summary>A process appeared, or one that was known now runs another program or listens on another port.</summary>
internal sealed record ProcessCreated(ProcessInfo Process) : ProcessEvent;

/// <summary>A process ended, or left its executable by exec (then a <see cref="ProcessCreated"/> follows).</summary>
internal sealed record ProcessDeleted(ProcessId Id) : ProcessEvent;

/// <summary>A process has loaded a library after its start.</summary>
internal sealed record LibrariesLoaded(ProcessId Id) : ProcessEvent;

/// <summary>A process that the criteria select (sent after <see cref="ProcessCreated"/> by the matcher, once per process and executable).</summary>
internal sealed record ProcessSelected(ProcessInfo Process, ServiceIdentity Service) : ProcessEvent;
