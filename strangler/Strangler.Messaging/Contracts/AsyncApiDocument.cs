using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Strangler.Messaging;

/// <summary>
/// Contracts as an AsyncAPI 3.0 document (https://www.asyncapi.com/docs/reference/specification/v3.0.0), for readers of any language: a channel and a
/// message for each type, with its headers and the JSON Schema of its body. The document is kept with the contracts and compared with them by a test.
/// </summary>
public static class AsyncApiDocument
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the document. The same contracts give the same text, whatever their order.</summary>
    /// <param name="title">What the contracts are about.</param>
    /// <param name="exchange">The exchange that the messages go to: <see cref="MessagingOptions.Exchange"/>.</param>
    /// <param name="contracts">At least one; wire names all different.</param>
    /// <exception cref="ArgumentException">No contract, or two of one name.</exception>
    public static string Write(string title, string exchange, IEnumerable<MessageContract> contracts)
    {
        MessageContract[] sorted = [.. contracts.OrderBy(contract => contract.Type, StringComparer.Ordinal)];
        if (sorted.Length == 0) throw new ArgumentException("There is no contract.", nameof(contracts));
        for (var index = 1; index < sorted.Length; index++)
        {
            if (sorted[index].Type == sorted[index - 1].Type) throw new ArgumentException($"Two contracts are named '{sorted[index].Type}'.", nameof(contracts));
        }

        return new JsonObject
        {
            ["asyncapi"] = "3.0.0",
            ["info"] = new JsonObject
            {
                ["title"] = title,
                ["version"] = "1.0.0",
                ["description"] = "CloudEvents 1.0 in binary mode over AMQP 0-9-1. A message goes to the exchange with the routing key {partition}.{type}; the partition is that of its key. "
                    + "The major version is part of the type: within one, members are only added.",
            },
            ["defaultContentType"] = EnvelopeHeaders.ContentType,
            ["channels"] = Each(sorted, contract => new JsonObject
            {
                ["address"] = $"{{partition}}.{contract.Type}",
                ["parameters"] = new JsonObject { ["partition"] = new JsonObject { ["description"] = "Of the key: FNV-1a of 64 bits over its UTF-8, folded to 32 bits, modulo the number of partitions." } },
                ["messages"] = new JsonObject { ["message"] = Reference("messages", contract) },
                ["bindings"] = new JsonObject { ["amqp"] = new JsonObject { ["is"] = "routingKey", ["exchange"] = new JsonObject { ["name"] = exchange, ["type"] = "direct", ["durable"] = true } } },
            }),
            ["operations"] = Each(sorted, contract => new JsonObject
            {
                ["action"] = "send",
                ["channel"] = new JsonObject { ["$ref"] = $"#/channels/{contract.Type}" },
            }),
            ["components"] = new JsonObject
            {
                ["messages"] = Each(sorted, contract => new JsonObject
                {
                    ["name"] = contract.Type,
                    ["contentType"] = EnvelopeHeaders.ContentType,
                    ["headers"] = new JsonObject { ["$ref"] = "#/components/schemas/headers" },
                    ["payload"] = contract.Body.DeepClone(),
                }),
                ["schemas"] = new JsonObject { ["headers"] = EnvelopeHeaders.Schema() },
            },
        }.ToJsonString(Json) + "\n";
    }

    /// <summary>The bodies of a document, by wire name.</summary>
    /// <exception cref="FormatException">It is no such document.</exception>
    internal static IReadOnlyDictionary<string, JsonNode> Bodies(string document)
    {
        try
        {
            return JsonNode.Parse(document)!["components"]!["messages"]!.AsObject().ToDictionary(message => message.Key, message => message.Value!["payload"]!, StringComparer.Ordinal);
        }
        catch (Exception unreadable) when (unreadable is JsonException or NullReferenceException or InvalidOperationException)
        {
            throw new FormatException("This is no AsyncAPI document with a payload for each of its messages.", unreadable);
        }
    }

    private static JsonObject Each(MessageContract[] contracts, Func<MessageContract, JsonNode> value) =>
        new(contracts.Select(contract => KeyValuePair.Create(contract.Type, (JsonNode?)value(contract))));

    private static JsonObject Reference(string where, MessageContract contract) => new() { ["$ref"] = $"#/components/{where}/{contract.Type}" };
}
