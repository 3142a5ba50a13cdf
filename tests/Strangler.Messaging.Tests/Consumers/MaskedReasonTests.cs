using Microsoft.Data.Sqlite;
using Npgsql;

namespace Strangler.Messaging.Tests;

public sealed class MaskedReasonTests
{
    public static TheoryData<Exception, string> Cases => new()
    {
        { new InvalidOperationException("Patient 'Maria' not found."), "InvalidOperationException: Patient … not found." },
        { new FormatException("The input string \"12/13/1970\" was not a date."), "FormatException: The input string … was not a date." },
        { new ArgumentException("CPF 123.456.789-09 of maria@example.org, line\nbreak"), "ArgumentException: … … of … line break" },
        { new NoHandlerException("clinic.patient.registered.v1"), "NoHandlerException: No handler for type clinic.patient.registered.v1." },
        { new SqliteException("SQLite Error 19: 'NOT NULL constraint failed: t.name'.", 19), "SqliteException: SQLite Error 19: 'NOT NULL constraint failed: t.name'." },
        { new NpgsqlException("Failed to connect to 127.0.0.1:5432"), "NpgsqlException: Failed to connect to 127.0.0.1:5432" },
        {
            new PostgresException("duplicate key value (\"Maria\") violates", "ERROR", "ERROR", "23505", constraintName: "people_pkey"),
            "PostgresException: 23505 duplicate key value (…) violates people_pkey"
        },
        { new InvalidOperationException(new string('x', 500)), "InvalidOperationException: " + new string('x', 272) + "…" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_reason_names_the_error_and_no_value(Exception exception, string expected) => Assert.Equal(expected, MaskedReason.Of(exception));
}
