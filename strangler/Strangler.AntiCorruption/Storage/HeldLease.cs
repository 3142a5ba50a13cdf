using System.Data.Common;
using Dapper;
using Npgsql;

namespace Strangler.AntiCorruption;

/// <summary>The lease of this layer, for one run: its beat goes on until it is disposed, which gives it back.</summary>
internal sealed class HeldLease : IAsyncDisposable
{
    internal const string Beat = "update acl_lease set beats = beats + 1 where id = 1 and epoch = @epoch";

    private readonly CancellationTokenSource lost = new();
    private readonly CancellationTokenSource stopping = new();
    private readonly DbConnection session;
    private readonly TimeSpan takeoverAfter;
    private readonly TimeProvider clock;
    private readonly Task beating;

    public HeldLease(DbConnection session, long epoch, bool tookOver, TimeSpan takeoverAfter, TimeProvider clock)
    {
        (this.session, this.takeoverAfter, this.clock) = (session, takeoverAfter, clock);
        (Epoch, TookOver) = (epoch, tookOver);
        beating = session is NpgsqlConnection ? BeatAsync() : Task.CompletedTask;
    }

    public long Epoch { get; }

    /// <summary>True when another process had it before, which may still be at work.</summary>
    public bool TookOver { get; }

    /// <summary>Cancelled when another layer may have taken over: the lease is taken, or its session is gone.</summary>
    public CancellationToken Lost => lost.Token;

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await beating;
        await GiveBackAsync(session);
        stopping.Dispose();
        lost.Dispose();
    }

    /// <summary>Closes a session that may hold the lock: it goes back to a pool, and would keep the lock there.</summary>
    public static async Task GiveBackAsync(DbConnection session)
    {
        await using (session)
        {
            if (session is not NpgsqlConnection { FullState: System.Data.ConnectionState.Open }) return;
            try
            {
                await session.ExecuteAsync(new CommandDefinition("select pg_advisory_unlock_all()", commandTimeout: 5));
            }
            catch (DbException)
            {
                // The session is gone, and the lock with it.
            }
        }
    }

    private async Task BeatAsync()
    {
        try
        {
            while (true)
            {
                await Task.Delay(takeoverAfter / 5, clock, stopping.Token);
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(stopping.Token);
                limit.CancelAfter(takeoverAfter / 2);
                if (await session.ExecuteAsync(AclStore.Sql(Beat, new { epoch = Epoch }, limit.Token)) == 0) break;
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return;
        }
        catch (Exception gone) when (gone is DbException or IOException or OperationCanceledException or InvalidOperationException)
        {
            // The store does not answer, or has ended the session: a standby takes over, and this layer begins again.
        }

        await lost.CancelAsync();
    }
}
