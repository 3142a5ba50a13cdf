using System.Data.Common;
using Dapper;

namespace Strangler.AntiCorruption.Tests;

/// <summary>A fresh legacy database with the tables <c>person</c> and <c>contract</c>.</summary>
public abstract class TestSource : IAsyncDisposable
{
    public abstract string ConnectionString { get; }

    /// <summary>A feed as tests want it: quick.</summary>
    public abstract IChangeFeed OpenFeed();

    public abstract Task<DbConnection> ConnectAsync();

    /// <summary>Names of everything in the source that is not the legacy's.</summary>
    public abstract Task<IReadOnlyList<string>> OursAsync();

    public abstract ValueTask DisposeAsync();

    public async Task CreateTablesAsync()
    {
        await ExecuteAsync("create table person (id integer primary key, name text, note text)");
        await ExecuteAsync("create table contract (id integer primary key, person_id integer, state text)");
    }

    public async Task ExecuteAsync(string sql, object? values = null)
    {
        await using var connection = await ConnectAsync();
        await connection.ExecuteAsync(sql, values);
    }

    public async Task InTransactionAsync(params string[] statements)
    {
        await using var connection = await ConnectAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        foreach (var sql in statements) await connection.ExecuteAsync(sql, transaction: transaction);
        await transaction.CommitAsync();
    }

    /// <summary>Persons 1 to <paramref name="rows"/>, all with the same name.</summary>
    public Task InsertPersonsAsync(int rows, string name = "n") => ExecuteAsync(
        $"insert into person (id, name) with recursive n (i) as (select 1 union all select i + 1 from n where i < {rows}) select i, '{name}' from n");
}
