using Npgsql;

namespace Clinic.Combined;

/// <summary>Connection string of each owner's own store: four SQLite files, or four databases of one PostgreSQL server.</summary>
internal sealed record Stores(string Legacy, string PeriodicalDates, string Absenteeism, string AntiCorruption)
{
    /// <summary>Creates the databases that are missing; SQLite creates its files when they are opened.</summary>
    public static async Task<Stores> OpenAsync(string? postgres, DataFolder data)
    {
        if (postgres is null) return new(File("legacy"), File("periodical-dates"), File("absenteeism"), File("anti-corruption"));

        await using var server = NpgsqlDataSource.Create(postgres);
        return new(await Database("legacy"), await Database("periodical_dates"), await Database("absenteeism"), await Database("anti_corruption"));

        string File(string name) => $"Data Source={data.PathOf(name + ".db")}";

        async Task<string> Database(string name)
        {
            await using var look = server.CreateCommand("select 1 from pg_database where datname = $1");
            look.Parameters.Add(new() { Value = name });
            if (await look.ExecuteScalarAsync() is null)
            {
                await using var create = server.CreateCommand($"create database {name}");
                await create.ExecuteNonQueryAsync();
            }

            return new NpgsqlConnectionStringBuilder(postgres) { Database = name }.ConnectionString;
        }
    }
}
