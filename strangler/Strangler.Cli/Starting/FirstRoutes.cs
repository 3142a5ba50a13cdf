using System.Text;
using System.Text.Json;
using Strangler.Cli.Terminal;
using Strangler.Facade;

namespace Strangler.Cli.Starting;

/// <summary>The first routes.json of another team: everything to legacy, and comments that show what comes next.</summary>
internal static class FirstRoutes
{
    /// <summary>Writes the file and its schema beside it.</summary>
    /// <returns>The full paths written.</returns>
    /// <exception cref="CommandFailedException">One of them is there already, the address is none, or the folder cannot be written.</exception>
    public static IReadOnlyList<string> Write(string routesFile, string legacy)
    {
        var routes = Path.GetFullPath(routesFile);
        var schema = Path.Combine(Path.GetDirectoryName(routes)!, RoutesSchema.FileName);
        var text = Encoding.UTF8.GetBytes(Text(legacy));
        if (RoutesFile.Parse(text).Errors is { Count: > 0 })
            throw new CommandFailedException(ExitCode.Usage, $"--legacy '{legacy}' is no address. Write scheme, host and port alone, e.g. http://127.0.0.1:5000.");
        if (File.Exists(routes)) throw new CommandFailedException(ExitCode.Failed, $"'{routes}' is there already and was left as it is. Give another name: --routes FILE.");

        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(routes)!);
            List<string> written = [routes];
            if (!SchemaIsThere(schema))
            {
                WriteNew(schema, Encoding.UTF8.GetBytes(RoutesSchema.Text));
                written.Add(schema);
            }

            WriteNew(routes, text);
            return written;
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException(ExitCode.Failed, $"'{routes}' cannot be written: {cause.Message}");
        }
    }

    private static bool SchemaIsThere(string schema)
    {
        if (!File.Exists(schema)) return false;
        if (File.ReadAllText(schema) == RoutesSchema.Text) return true;
        throw new CommandFailedException(ExitCode.Failed, $"'{schema}' is there already and is another version. Remove it, or give a routes file in another folder: --routes FILE.");
    }

    private static void WriteNew(string file, byte[] content)
    {
        using var stream = new FileStream(file, FileMode.CreateNew, FileAccess.Write);
        stream.Write(content);
        stream.Flush(flushToDisk: true);
    }

    private static string Text(string legacy) => $$"""
        // Who answers which route. Edit this file, or let `strangler flip ROUTE --to service --why TEXT` change one stage: the facade takes a
        // good file within a second, refuses a bad one whole, and writes every change down. `strangler check` says what is wrong before.
        {
          "$schema": "./{{RoutesSchema.FileName}}",

          // The application as it is. It sees every request as the browser sent it: same target, Host, headers, body.
          "legacy": { "address": {{JsonSerializer.Serialize(legacy, Screen.JsonOptions)}} },

          // What routes move to, by name:
          "services": {
            // "orders": { "destinations": ["http://127.0.0.1:9001"] }
          },

          "routes": [
            // A route that is going to move. It begins with legacy; flip it when the service is ready:
            // { "id": "orders", "match": { "path": "/orders/{**rest}", "methods": ["GET", "HEAD"] }, "service": "orders", "stage": "legacy" },

            // Whatever no entry above matches. It stays last, and legacy's.
            { "id": "everything-else", "match": { "path": "/{**rest}" }, "stage": "legacy" }
          ]
        }

        """;
}
