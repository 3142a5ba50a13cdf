using System.Text.Encodings.Web;
using System.Text.Json;

namespace Strangler.Facade;

/// <summary>How the admin endpoints write: snake_case, nulls included.</summary>
internal static class AdminJson
{
    public static JsonSerializerOptions Options { get; } = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
