using System.Data.Common;
using System.Globalization;
using Dapper;
using EndToEnd.Tests.Clinics;
using Npgsql;
using Strangler.Messaging;
using Strangler.Tests.Servers;

namespace EndToEnd.Tests;

/// <summary>kill -9 of one part after the other while legacy's rows change: nothing committed is lost, and no key ever steps back.</summary>
public abstract class KillTests<TClinic>(TClinic clinic) : IClassFixture<TClinic>
    where TClinic : RunningClinic
{
    [Fact]
    public async Task Killing_every_part_while_rows_change_loses_no_row_and_takes_no_key_back()
    {
        await Lag.UntilBackfilledAsync(clinic);
        var journal = await Journal.StartAsync(clinic.PeriodicalDatesStore);
        await using var writer = await Writer.StartAsync(clinic);
        foreach (var part in clinic.Parts)
        {
            await writer.CommitsAsync(100);
            await clinic.KillAsync(part);
            if (part is not ("postgres" or "clinic")) await writer.CommitsAsync(100);
            await clinic.StartAsync();
        }

        await writer.CommitsAsync(100);
        await writer.StopAsync();

        await StoredRows.AssertEqualAsync(clinic);
        var (entries, stepsBack) = await journal.ReadAsync();
        Assert.True(entries > 100, $"The journal saw only {entries} changes.");
        Assert.Empty(stepsBack);
    }

    /// <summary>Counts up, patient by patient, in the legacy database, as legacy itself would write.</summary>
    private sealed class Writer : IAsyncDisposable
    {
        private readonly CancellationTokenSource stop = new();
        private readonly DbDataSource legacy;
        private readonly long[] patients;
        private Task work = Task.CompletedTask;
        private int commits;

        private Writer(DbDataSource legacy, long[] patients)
        {
            this.legacy = legacy;
            this.patients = patients;
        }

        public static async Task<Writer> StartAsync(RunningClinic clinic)
        {
            await using var store = StoreDataSource.Create(clinic.PeriodicalDatesStore);
            await using var connection = await store.OpenConnectionAsync();
            var patients = await connection.QueryAsync<long>(
                "select e.patient_id from periodical_exams e join patients p on p.patient_id = e.patient_id where p.active order by e.patient_id limit 40");
            var writer = new Writer(StoreDataSource.Create(clinic.LegacyStore), [.. patients]);
            writer.work = writer.WorkAsync();
            return writer;
        }

        /// <summary>Waits for so many more commits.</summary>
        public async Task CommitsAsync(int more)
        {
            var until = Volatile.Read(ref commits) + more;
            await Wait.UntilAsync(() => Volatile.Read(ref commits) >= until || work.IsCompleted, $"{more} more rows are written");
            if (work.IsCompleted) await work;
        }

        public async Task StopAsync()
        {
            await stop.CancelAsync();
            await work;
        }

        public async ValueTask DisposeAsync()
        {
            await StopAsync();
            await legacy.DisposeAsync();
            stop.Dispose();
        }

        private async Task WorkAsync()
        {
            await Task.Yield();
            for (var number = 1000; !stop.IsCancellationRequested; number++)
            {
                try
                {
                    await using var connection = await legacy.OpenConnectionAsync();
                    await connection.ExecuteAsync(
                        "update site_paciente set dias_venc = @days where id = @id",
                        new { id = patients[number % patients.Length], days = number.ToString(CultureInfo.InvariantCulture) });
                    Interlocked.Increment(ref commits);
                }
                catch (DbException)
                {
                    // The database is one of the parts that are killed; the next number is written when it is back.
                    await Task.Delay(50);
                }
            }
        }
    }

    /// <summary>A trigger in the service's own store that notes every state a patient's exam passes through.</summary>
    private sealed class Journal(string connectionString)
    {
        public static async Task<Journal> StartAsync(string connectionString)
        {
            await using var store = StoreDataSource.Create(connectionString);
            await using var connection = await store.OpenConnectionAsync();
            foreach (var statement in store is NpgsqlDataSource ? PostgresTriggers : SqliteTriggers) await connection.ExecuteAsync(statement);
            return new(connectionString);
        }

        public async Task<(int Entries, IReadOnlyList<string> StepsBack)> ReadAsync()
        {
            // Its own connections: those of a pool may have died with the server.
            await using var store = StoreDataSource.Create(connectionString);
            await using var connection = await store.OpenConnectionAsync();
            var entries = (await connection.QueryAsync<(long Patient, long Days)>("select patient_id, days from test_journal order by id")).ToList();
            var last = new Dictionary<long, long>();
            var stepsBack = new List<string>();
            foreach (var (patient, days) in entries.Where(entry => entry.Days >= 1000))
            {
                if (last.TryGetValue(patient, out var before) && days <= before) stepsBack.Add($"patient {patient}: {days} after {before}");
                last[patient] = days;
            }

            return (entries.Count, stepsBack);
        }

        private static readonly string[] SqliteTriggers =
        [
            "create table test_journal (id integer primary key autoincrement, patient_id bigint, days bigint)",
            "create trigger test_journal_insert after insert on periodical_exams begin insert into test_journal (patient_id, days) values (new.patient_id, new.expiration_days); end",
            "create trigger test_journal_update after update on periodical_exams begin insert into test_journal (patient_id, days) values (new.patient_id, new.expiration_days); end",
        ];

        private static readonly string[] PostgresTriggers =
        [
            "create table test_journal (id bigserial primary key, patient_id bigint, days bigint)",
            "create function test_journal_note() returns trigger language plpgsql as $$ begin insert into test_journal (patient_id, days) values (new.patient_id, new.expiration_days); return new; end $$",
            "create trigger test_journal after insert or update on periodical_exams for each row execute function test_journal_note()",
        ];
    }
}

public sealed class CombinedKillTests(CombinedClinic clinic) : KillTests<CombinedClinic>(clinic);

public sealed class DistributedKillTests(DistributedClinic clinic) : KillTests<DistributedClinic>(clinic);
