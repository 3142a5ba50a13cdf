using System.Data.Common;
using Microsoft.Extensions.Options;

namespace Strangler.Messaging;

/// <summary>Where the service keeps its rows.</summary>
internal sealed class StoreOptions
{
    /// <summary><c>ConnectionStrings:Store</c>: <c>Data Source=FILE</c> for SQLite, <c>Host=…</c> for PostgreSQL. No default.</summary>
    public string Store { get; set; } = "";
}

internal sealed class StoreOptionsValidator : IValidateOptions<StoreOptions>
{
    private const string Cure = "Give 'Data Source=FILE' for SQLite, in a folder that exists, or 'Host=…;Database=…' for PostgreSQL.";

    public ValidateOptionsResult Validate(string? name, StoreOptions options)
    {
        if (string.IsNullOrWhiteSpace(options.Store)) return Fail("is not set");
        try
        {
            var keys = new DbConnectionStringBuilder { ConnectionString = options.Store };
            StoreDataSource.Create(options.Store).Dispose();
            return keys.TryGetValue("Data Source", out var file) && !FolderExists($"{file}")
                ? Fail($"names '{file}', whose folder does not exist")
                : ValidateOptionsResult.Success;
        }
        catch (ArgumentException)
        {
            // Its message may repeat the password.
            return Fail("cannot be read");
        }
    }

    private static bool FolderExists(string file) => Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(file)));

    private static ValidateOptionsResult Fail(string fault) => ValidateOptionsResult.Fail($"ConnectionStrings:Store {fault}. {Cure}");
}
