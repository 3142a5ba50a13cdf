using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Strangler.Messaging;

/// <summary>An exception as it may be stored and logged: its type and its text without values, since a handler's errors may quote what it was given.</summary>
internal static partial class MaskedReason
{
    private const int MaxLength = 300;

    public static string Of(Exception exception)
    {
        var text = exception switch
        {
            // Written by us, by SQLite, by Npgsql about the connection: none of them quotes a row.
            NoHandlerException or SqliteException => exception.Message,
            NpgsqlException and not PostgresException => exception.Message,
            PostgresException postgres => $"{postgres.SqlState} {Masked(postgres.MessageText)} {postgres.ConstraintName ?? postgres.ColumnName}",
            _ => Masked(exception.Message),
        };
        var reason = $"{exception.GetType().Name}: {text.Trim()}";
        return reason.Length <= MaxLength ? reason : string.Concat(reason.AsSpan(0, MaxLength - 1), "…");
    }

    private static string Masked(string text) => Values().Replace(text, "…").ReplaceLineEndings(" ");

    /// <summary>Quoted texts, mail addresses, words with a digit, and words of capitals (the clinic writes names so).</summary>
    [GeneratedRegex("""
        '[^']*'|"[^"]*"|\S+@\S+|[\w.-]*\d[\w.-]*|\b\p{Lu}{2,}\b
        """)]
    private static partial Regex Values();
}
