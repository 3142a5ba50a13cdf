using System.Runtime.InteropServices;

namespace Clinic.Combined;

/// <summary>Ctrl+C, or the TERM of a process scheduler.</summary>
internal static class Interrupt
{
    public static async Task WaitAsync()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Take);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Take);
        await asked.Task;

        void Take(PosixSignalContext signal)
        {
            signal.Cancel = true;
            asked.TrySetResult();
        }
    }
}
