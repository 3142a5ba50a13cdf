using System.Data;
using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Strangler.Messaging;

/// <summary>Tells a store that is away, busy or full, which is waited for, from an error that is the message's own.</summary>
internal static class StoreTrouble
{
    // https://www.sqlite.org/rescode.html: the primary codes that say nothing about the statement.
    private const int Busy = 5, Locked = 6, OutOfMemory = 7, ReadOnly = 8, InputOutput = 10, Corrupt = 11, Full = 13, CannotOpen = 14;

    /// <summary>The transaction cannot go on, whatever the message.</summary>
    public static bool IsFatal(DbConnection connection) => connection.State != ConnectionState.Open;

    /// <summary>The same statement may succeed later: deadlock, timeout, a full disk, a server that is stopping.</summary>
    public static bool IsPassing(Exception exception) => exception switch
    {
        SqliteException sqlite => sqlite.SqliteErrorCode is Busy or Locked or OutOfMemory or ReadOnly or InputOutput or Corrupt or Full or CannotOpen,
        DbException database => database.IsTransient,
        _ => false,
    };
}
