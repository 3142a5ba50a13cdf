using System.Data.Common;
using System.Text.Json;
using Npgsql;

namespace Strangler.AntiCorruption;

/// <summary>Any number of keys as one parameter of a statement.</summary>
/// <param name="From">A from-item with the column <c>value</c>, of the parameter <c>@Keys</c>.</param>
/// <param name="Keys">Its value.</param>
internal readonly record struct KeyList(string From, object Keys)
{
    public static KeyList Of(DbConnection connection, IEnumerable<string> keys) =>
        connection is NpgsqlConnection ? new("unnest(cast(@Keys as text[])) as keys (value)", keys.ToArray()) : new("json_each(@Keys)", JsonSerializer.Serialize(keys));
}
