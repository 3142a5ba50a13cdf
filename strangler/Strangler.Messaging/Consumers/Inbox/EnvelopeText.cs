using System.Text.Json;

namespace Strangler.Messaging;

/// <summary>An envelope as a row keeps it: its headers as a JSON object of texts, its body untouched.</summary>
internal static class EnvelopeText
{
    private const string Malformed = "malformed";

    public static string Headers(Envelope message)
    {
        var headers = message.Malformed is null ? EnvelopeHeaders.Write(message) : new() { ["ce-id"] = message.Id, [Malformed] = message.Malformed };
        return JsonSerializer.Serialize(headers, MessageJson.Options);
    }

    public static Envelope Read(string headers, byte[] body)
    {
        var texts = JsonSerializer.Deserialize<Dictionary<string, string>>(headers, MessageJson.Options)!;
        return texts.TryGetValue(Malformed, out var reason)
            ? Envelope.Unreadable(texts["ce-id"], body, reason)
            : EnvelopeHeaders.Read(texts.Select(header => KeyValuePair.Create(header.Key, (object?)header.Value)), body);
    }
}
