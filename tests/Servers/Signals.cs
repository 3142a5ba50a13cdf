using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Strangler.Tests.Servers;

/// <summary>Signals to other processes, which .NET cannot send but for KILL.</summary>
public static partial class Signals
{
    public const int Interrupt = 2;
    public const int Quit = 3;
    public const int Kill = 9;
    public const int Terminate = 15;
    public const int Continue = 18;
    public const int Stop = 19;

    private const int NoSuchProcess = 3;

    /// <summary>Sends the signal.</summary>
    /// <returns>False when there is no such process any more.</returns>
    public static bool Send(int processId, int signal)
    {
        if (SendSignal(processId, signal) == 0) return true;
        var error = Marshal.GetLastPInvokeError();
        return error == NoSuchProcess ? false : throw new Win32Exception(error);
    }

    /// <summary>True while the process runs; one that has ended and that nobody has asked about yet does not.</summary>
    public static bool IsRunning(int processId)
    {
        try
        {
            // The state is the first word after the name, which is in parentheses.
            var status = File.ReadAllText($"/proc/{processId}/stat");
            if (status[status.LastIndexOf(')') + 2] is not ('Z' or 'X')) return true;

            // Its first thread has ended; others may still hold its sockets.
            return Directory.GetDirectories($"/proc/{processId}/task").Length > 1;
        }
        catch (IOException)
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int processId, int signal);
}
