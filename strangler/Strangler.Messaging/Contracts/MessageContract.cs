using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.RegularExpressions;

namespace Strangler.Messaging;

/// <summary>What publishers and consumers agree on about one message type: its wire name and its body.</summary>
public sealed partial class MessageContract
{
    private MessageContract(string type, JsonNode body)
    {
        Type = type;
        Body = body;
    }

    /// <summary>The wire name with its major version, e.g. <c>clinic.patient.registered.v1</c>.</summary>
    public string Type { get; }

    /// <summary>JSON Schema (draft 2020-12) of the body, as <see cref="MessageJson"/> writes it: required members, their types, which may be null.</summary>
    internal JsonNode Body { get; }

    /// <summary>The body's JSON Schema as text.</summary>
    public string Schema => Body.ToJsonString();

    /// <summary>A contract from its record.</summary>
    /// <typeparam name="TBody">The body.</typeparam>
    /// <param name="type">The wire name.</param>
    /// <exception cref="ArgumentException">The name does not end with a major version such as <c>.v1</c>.</exception>
    public static MessageContract Of<TBody>(string type)
        where TBody : class => Of(type, typeof(TBody));

    /// <summary>As <see cref="Of{TBody}"/>, for contracts found by reflection.</summary>
    /// <param name="type">The wire name.</param>
    /// <param name="body">The body's record.</param>
    /// <exception cref="ArgumentException">The name does not end with a major version.</exception>
    public static MessageContract Of(string type, Type body)
    {
        ArgumentNullException.ThrowIfNull(type);
        if (!WireName().IsMatch(type)) throw new ArgumentException($"'{type}' is no wire name: words joined by dots, and a major version at the end, e.g. orders.order.placed.v1.", nameof(type));
        return new(type, MessageJson.Options.GetJsonSchemaAsNode(body, new() { TreatNullObliviousAsNonNullable = true }));
    }

    [GeneratedRegex(@"^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)+\.v[1-9]\d*\z")]
    private static partial Regex WireName();
}
