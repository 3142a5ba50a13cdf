using System.Globalization;

namespace Clinic.Combined;

/// <summary>What the command line asks for.</summary>
/// <param name="DataFolder">Full path of the folder for databases, routes.json, keys, mail and uploads.</param>
/// <param name="FirstPort">The facade's port; admin, legacy, periodical-dates, absenteeism and anti-corruption follow in a row.</param>
/// <param name="Postgres">Administrator's connection string of a PostgreSQL server with wal_level=logical; null for SQLite files.</param>
/// <param name="RabbitMq">URI of a RabbitMQ broker; null for the in-process medium.</param>
internal sealed record CombinedArguments(string DataFolder, int FirstPort, string? Postgres, Uri? RabbitMq)
{
    public const int DefaultPort = 8080;

    public const string Help = """
        The clinic in one process: legacy, facade, anti-corruption layer and services, each on its own listener.

          --data DIR             databases, routes.json, keys, mail, uploads (default: data/combined)
          --port N               first of six ports in a row (default: 8080)
          --postgres CONNECTION  a PostgreSQL server with wal_level=logical instead of SQLite files
          --rabbitmq URI         a RabbitMQ broker instead of the in-process medium
        """;

    /// <summary>Null when the arguments are wrong; then <paramref name="errors"/> lists every error.</summary>
    public static CombinedArguments? Parse(string[] args, out IReadOnlyList<string> errors)
    {
        var found = new List<string>();
        var values = new Dictionary<string, string>();
        for (var index = 0; index < args.Length; index += 2)
        {
            if (args[index] is not ("--data" or "--port" or "--postgres" or "--rabbitmq"))
            {
                found.Add($"unknown option '{args[index]}'; --help lists them");
                break;
            }

            if (index + 1 == args.Length) found.Add($"{args[index]} needs a value");
            else values[args[index]] = args[index + 1];
        }

        var port = DefaultPort;
        if (values.TryGetValue("--port", out var portText)
            && (!int.TryParse(portText, NumberStyles.None, CultureInfo.InvariantCulture, out port) || port is < 1024 or > 65530))
        {
            found.Add($"'{portText}' is no port; --port takes 1024 to 65530");
        }

        Uri? broker = null;
        if (values.TryGetValue("--rabbitmq", out var uriText)
            && (!Uri.TryCreate(uriText, UriKind.Absolute, out broker) || broker.Scheme is not ("amqp" or "amqps")))
        {
            found.Add("--rabbitmq takes a URI like amqp://user:password@host:5672/");
        }

        errors = found;
        var folder = Path.GetFullPath(values.GetValueOrDefault("--data", Path.Combine("data", "combined")));
        return found.Count == 0 ? new(folder, port, values.GetValueOrDefault("--postgres"), broker) : null;
    }
}
