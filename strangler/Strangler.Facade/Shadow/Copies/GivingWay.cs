using System.Runtime.InteropServices;

namespace Strangler.Facade;

/// <summary>
/// Runs work that no user waits for on a thread of its own that gives way to all others: where processors are scarce, users' requests come first, and
/// nothing of theirs ever queues behind it.
/// </summary>
internal static class GivingWay
{
    private const int OfOneThread = 0;
    private const int Caller = 0;
    private const int Lowest = 19;

    public static Task<T> RunAsync<T>(Func<T> work) => Task.Factory.StartNew(
        () =>
        {
            GiveWay();
            return work();
        },
        CancellationToken.None,
        TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach,
        TaskScheduler.Default);

    public static Task RunAsync(Action work) => RunAsync(() =>
    {
        work();
        return true;
    });

    private static void GiveWay()
    {
        // .NET leaves a thread's priority alone on Linux, where the scheduler goes by each thread's nice value (setpriority(2), "C library/kernel differences").
        if (OperatingSystem.IsLinux()) _ = SetPriority(OfOneThread, Caller, Lowest);
        else Thread.CurrentThread.Priority = ThreadPriority.Lowest;
    }

    // Refused, it changes nothing, and the work is done all the same.
    [DllImport("libc", EntryPoint = "setpriority")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetPriority(int which, uint who, int value);
}
