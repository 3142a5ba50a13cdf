using System.Runtime.InteropServices;

namespace Strangler.Cli;

/// <summary>
/// Ctrl+C, the TERM of a process scheduler, a terminal that is closed: the first asks the command to end, a second one ends the process. Taken from
/// before the command begins; the library's own handler is there only once the command waits for something.
/// </summary>
internal sealed class EndSignals : IDisposable
{
    private readonly CancellationTokenSource end = new();
    private readonly PosixSignalRegistration[] registrations;

    public EndSignals() =>
        registrations = [.. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP }.Select(signal => PosixSignalRegistration.Create(signal, Take))];

    public CancellationToken Token => end.Token;

    public void Dispose()
    {
        // Not the source, which holds nothing: a signal may be on its way to it.
        foreach (var registration in registrations) registration.Dispose();
    }

    private void Take(PosixSignalContext signal)
    {
        if (end.IsCancellationRequested) return;
        signal.Cancel = true;
        end.Cancel();
    }
}
