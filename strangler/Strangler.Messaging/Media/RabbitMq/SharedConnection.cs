using System.Diagnostics.CodeAnalysis;

namespace Strangler.Messaging;

/// <summary>One connection for all who hold it: opened for the first, replaced when it is lost, closed after the last.</summary>
[SuppressMessage("Reliability", "CA1001", Justification = "A SemaphoreSlim whose wait handle is never asked for holds nothing to dispose.")]
internal sealed class SharedConnection(Func<CancellationToken, Task<RabbitMqConnection>> open)
{
    private readonly SemaphoreSlim gate = new(1);
    private readonly Dictionary<RabbitMqConnection, int> holders = [];
    private RabbitMqConnection? current;

    /// <exception cref="MediumLostException">It cannot be opened.</exception>
    public async Task<RabbitMqConnection> TakeAsync(CancellationToken cancellation)
    {
        await gate.WaitAsync(cancellation);
        try
        {
            if (current is null || current.Lost.IsCancellationRequested)
            {
                current = await open(cancellation);
                holders.Add(current, 0);
            }

            holders[current]++;
            return current;
        }
        finally
        {
            gate.Release();
        }
    }

    public async ValueTask ReleaseAsync(RabbitMqConnection connection)
    {
        await gate.WaitAsync();
        try
        {
            if (--holders[connection] > 0) return;
            holders.Remove(connection);
            if (ReferenceEquals(current, connection)) current = null;
        }
        finally
        {
            gate.Release();
        }

        await connection.DisposeAsync();
    }
}
