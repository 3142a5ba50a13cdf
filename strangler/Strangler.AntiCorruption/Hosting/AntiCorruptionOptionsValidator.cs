using System.Data.Common;
using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace Strangler.AntiCorruption;

/// <summary>Checks every setting and the translators at start, and lists everything that is wrong at once.</summary>
internal sealed partial class AntiCorruptionOptionsValidator(IEnumerable<ITranslator> translators) : IValidateOptions<AntiCorruptionOptions>
{
    public ValidateOptionsResult Validate(string? name, AntiCorruptionOptions options)
    {
        List<string> problems =
        [
            .. Connection("ConnectionStrings:Source", options.SourceConnection),
            .. Connection("ConnectionStrings:Store", options.StoreConnection),
            .. Name("Slot", options.Slot, 63),
            .. Name("Publication", options.Publication, 63),
            .. Name("LogName", options.LogName, 40),
            .. Within("HeartbeatInterval", options.HeartbeatInterval, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(10)),
            .. Within("PollInterval", options.PollInterval, TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(1)),
            .. Within("CheckpointInterval", options.CheckpointInterval, TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(1)),
            .. Within("ConfirmTimeout", options.ConfirmTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10)),
            .. Within("MaxRetryDelay", options.MaxRetryDelay, TimeSpan.FromMilliseconds(200), TimeSpan.FromMinutes(10)),
            .. Within("TakeoverAfter", options.TakeoverAfter, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10)),
            .. Within("StuckAfter", options.StuckAfter, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1)),
            .. Within("MetricsInterval", options.MetricsInterval, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(10)),
            .. Within("HealAgainAfter", options.HealAgainAfter, TimeSpan.Zero, TimeSpan.FromDays(365)),
            .. Within("BackfillChunkTime", options.BackfillChunkTime, TimeSpan.FromMilliseconds(10), TimeSpan.FromSeconds(10)),
            .. Within("BackfillChunkRows", options.BackfillChunkRows, 1, 100_000),
            .. Within("BatchMessages", options.BatchMessages, 1, 10_000),
            .. Within("MaxMessageBytes", options.MaxMessageBytes, 1_024, 128 * 1024 * 1024),
            .. Within("CheckpointTransactions", options.CheckpointTransactions, 1, 1_000_000),
            .. TranslatorSet.Problems([.. translators]),
        ];
        if (!Uri.TryCreate(options.Source, UriKind.Absolute, out _))
        {
            problems.Add($"AntiCorruption:Source is '{options.Source}'; use a URI such as urn:example:legacy.");
        }

        if (!Enum.IsDefined(options.OnShapeChange)) problems.Add($"AntiCorruption:OnShapeChange is '{options.OnShapeChange}'; use Hold, Stop or Continue.");
        foreach (var (table, policy) in options.ShapePolicies)
        {
            if (!Enum.IsDefined(policy)) problems.Add($"AntiCorruption:ShapePolicies:{table} is '{policy}'; use Hold, Stop or Continue.");
        }

        foreach (var (table, columns) in options.MaskedColumns)
        {
            var readers = translators.Where(translator => translator.Table == table).ToList();
            if (readers.Count == 0) problems.Add($"AntiCorruption:MaskedColumns:{table} names a table that no translator reads.");
            foreach (var key in columns.Intersect(readers.Select(static reader => reader.KeyColumn)))
            {
                problems.Add($"AntiCorruption:MaskedColumns:{table} names '{key}', the key column; a masked key would say nothing. Leave it out.");
            }
        }

        if (!Enum.IsDefined(options.OnGap)) problems.Add($"AntiCorruption:OnGap is '{options.OnGap}'; use Stop or Backfill.");
        if (!Enum.IsDefined(options.OnTruncate)) problems.Add($"AntiCorruption:OnTruncate is '{options.OnTruncate}'; use Stop or Backfill.");

        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private static IEnumerable<string> Connection(string key, string value)
    {
        if (value.Length == 0)
        {
            yield return $"{key} is missing; use Host=…;Database=… for PostgreSQL or Data Source=FILE for SQLite.";
            yield break;
        }

        if (!IsConnection(value)) yield return $"{key} names neither a Host (PostgreSQL) nor a Data Source (SQLite file).";
    }

    private static bool IsConnection(string value)
    {
        try
        {
            var keys = new DbConnectionStringBuilder { ConnectionString = value };
            return keys.ContainsKey("Host") || keys.ContainsKey("Data Source");
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static IEnumerable<string> Name(string key, string value, int longest)
    {
        if (value.Length > longest || !Identifier().IsMatch(value))
        {
            yield return $"AntiCorruption:{key} is '{value}'; use 1 to {longest} lower-case letters, digits and underscores, a letter first.";
        }
    }

    private static IEnumerable<string> Within<T>(string key, T value, T lowest, T highest)
        where T : IComparable<T>, IFormattable
    {
        if (value.CompareTo(lowest) < 0 || value.CompareTo(highest) > 0)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"AntiCorruption:{key} is {value}; use {lowest} to {highest}.");
        }
    }

    [GeneratedRegex("^[a-z][a-z0-9_]*$")]
    private static partial Regex Identifier();
}
