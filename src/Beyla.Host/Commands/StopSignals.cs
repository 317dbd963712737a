using System.Runtime.InteropServices;

namespace Beyla.Host.Commands;

/// <summary>Turns SIGTERM and SIGINT into a cancellation; a second signal ends the process at once with 128 + its number, as shells report it.</summary>
internal sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Action<int> _exit;
    private readonly PosixSignalRegistration[] _registrations;
    private int _received;

    /// <param name="exit">Ends the process with an exit code.</param>
    public StopSignals(Action<int> exit)
    {
        _exit = exit;
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => Handle(signal, 15)),
            PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => Handle(signal, 2)),
        ];
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _stop.Token;

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations) registration.Dispose();
        _stop.Dispose();
    }

    private void Handle(PosixSignalContext signal, int number)
    {
        signal.Cancel = true;
        if (Interlocked.Increment(ref _received) == 1) _stop.Cancel();
        else _exit(128 + number);
    }
}
