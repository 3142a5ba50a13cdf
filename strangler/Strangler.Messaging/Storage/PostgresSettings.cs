using Npgsql;

namespace Strangler.Messaging;

/// <summary>How connections to PostgreSQL are made, to a store or to a source.</summary>
public static class PostgresSettings
{
    /// <summary>
    /// Reads a connection string. Kerberos encryption is used when it says <c>GSS Encryption Mode=Require</c> and otherwise not tried: a connection
    /// that breaks while Npgsql 10.0.0 tries it is opened again without, and can from then on neither be cancelled nor be used a second time
    /// (npgsql/npgsql#6506). A data source of your own does well to take its settings from here.
    /// </summary>
    /// <param name="connectionString"><c>Host=…;Database=…</c></param>
    /// <exception cref="ArgumentException">It names something that Npgsql does not know, or a value that it does not take.</exception>
    public static NpgsqlConnectionStringBuilder Read(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        if (settings.GssEncryptionMode == GssEncryptionMode.Prefer) settings.GssEncryptionMode = GssEncryptionMode.Disable;
        return settings;
    }
}
