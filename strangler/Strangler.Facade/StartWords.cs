using Microsoft.Extensions.Logging;

namespace Strangler.Facade;

/// <summary>
/// What keeps a facade from starting is said once, by whoever starts it, and not as the framework's stack trace too. Afterwards the framework's word on
/// a worker that died is the only one.
/// </summary>
/// <param name="lowest">The level that the log begins at.</param>
internal sealed class StartWords(LogLevel lowest)
{
    private volatile bool started;

    public void LeaveToTheLog() => started = true;

    public bool IsForTheLog(LogLevel level) => started && level >= lowest;
}
