using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Strangler.Facade;

/// <summary>One line of the history: one route that changed its stage, or (route null) a change of the file that moved no route.</summary>
/// <param name="Revision">The revision that this change made; several entries share it when one file changed several routes.</param>
/// <param name="At">When the facade took it.</param>
/// <param name="Who">Who announced it; <c>file</c> when nobody did.</param>
/// <param name="Why">The reason given.</param>
/// <param name="Route">The route's id.</param>
/// <param name="Before">The stage before, with its share where it had one (<c>canary 5</c>); null for a new route.</param>
/// <param name="After">The stage after; null for a route that is gone.</param>
/// <param name="FileHash">Hash of the file's bytes.</param>
/// <param name="PreviousHash">Hash of the entry before; 64 zeros for the first.</param>
/// <param name="Hash">SHA-256 of this entry's JSON without this member; null only while that is computed.</param>
internal sealed record HistoryEntry(
    long Revision,
    DateTimeOffset At,
    string Who,
    string Why,
    string? Route,
    string? Before,
    string? After,
    string FileHash,
    string PreviousHash,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Hash)
{
    public const string NoHash = "0000000000000000000000000000000000000000000000000000000000000000";

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    /// <summary>The line as written to the file, without its end.</summary>
    public string Line() => JsonSerializer.Serialize(this, Json);

    public HistoryEntry Sealed() => this with { Hash = Seal() };

    /// <summary>The entry of a line; null when the line is none, or not as this class writes it.</summary>
    public static HistoryEntry? Read(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<HistoryEntry>(line, Json) is { } entry && entry.Line() == line ? entry : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Whether the entry follows the one with that hash, and nobody changed it since.</summary>
    public bool Follows(string previousHash) => PreviousHash == previousHash && Hash == Seal();

    private string Seal() => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(this with { Hash = null }, Json)));
}
