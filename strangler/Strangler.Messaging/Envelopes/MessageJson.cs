using System.Text.Encodings.Web;
using System.Text.Json;

namespace Strangler.Messaging;

/// <summary>How bodies are written: snake_case names, no null members dropped, text as UTF-8 without needless escapes. One place, so that both ends agree.</summary>
public static class MessageJson
{
    /// <summary>The options of every body. Read-only.</summary>
    public static JsonSerializerOptions Options { get; } = Build();

    private static JsonSerializerOptions Build()
    {
        var options = new JsonSerializerOptions
        {
            PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        };
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
