using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Strangler.Facade.Tests;

/// <summary>The part of JSON schema 2020-12 that routes.schema.json uses; a keyword it does not know fails the test.</summary>
internal sealed class SchemaCheck(JsonObject root)
{
    public bool Accepts(JsonNode? value) => Accepts(root, value);

    private bool Accepts(JsonNode? schema, JsonNode? value)
    {
        if (schema is JsonValue flag) return flag.GetValue<bool>();
        var rules = schema!.AsObject();
        return rules.All(rule => Holds(rules, rule.Key, rule.Value!, value));
    }

    private bool Holds(JsonObject rules, string keyword, JsonNode rule, JsonNode? value) => keyword switch
    {
        "$schema" or "$defs" or "title" or "description" or "then" => true,
        "$ref" => Accepts(root["$defs"]![rule.GetValue<string>()["#/$defs/".Length..]], value),
        "type" => rule is JsonArray types ? types.Any(type => type!.GetValue<string>() == TypeOf(value)) : rule.GetValue<string>() == TypeOf(value),
        "enum" => rule.AsArray().Any(choice => JsonNode.DeepEquals(choice, value)),
        "const" => JsonNode.DeepEquals(rule, value),
        "not" => !Accepts(rule, value),
        "anyOf" => rule.AsArray().Any(each => Accepts(each, value)),
        "minimum" => value is not JsonValue number || number.GetValueKind() != JsonValueKind.Number || number.GetValue<decimal>() >= rule.GetValue<decimal>(),
        "maximum" => value is not JsonValue number || number.GetValueKind() != JsonValueKind.Number || number.GetValue<decimal>() <= rule.GetValue<decimal>(),
        "minProperties" => value is not JsonObject counted || counted.Count >= rule.GetValue<int>(),
        "allOf" => rule.AsArray().All(each => Accepts(each, value)),
        "if" => !Accepts(rule, value) || Accepts(rules["then"], value),
        "pattern" => TypeOf(value) != "string" || Regex.IsMatch(value!.GetValue<string>(), rule.GetValue<string>()),
        "minLength" => TypeOf(value) != "string" || value!.GetValue<string>().Length >= rule.GetValue<int>(),
        "minItems" => value is not JsonArray list || list.Count >= rule.GetValue<int>(),
        "maxItems" => value is not JsonArray list || list.Count <= rule.GetValue<int>(),
        "uniqueItems" => value is not JsonArray list || list.Select(item => item?.ToJsonString()).Distinct().Count() == list.Count,
        "items" => value is not JsonArray list || list.All(item => Accepts(rule, item)),
        "contains" => value is not JsonArray list || list.Any(item => Accepts(rule, item)),
        "required" => value is not JsonObject has || rule.AsArray().All(name => has.ContainsKey(name!.GetValue<string>())),
        "properties" => value is not JsonObject has || rule.AsObject().All(property => !has.ContainsKey(property.Key) || Accepts(property.Value, has[property.Key])),
        "propertyNames" => value is not JsonObject has || has.All(property => Accepts(rule, JsonValue.Create(property.Key))),
        "additionalProperties" => value is not JsonObject has || has.All(property => rules["properties"]?[property.Key] is not null || Accepts(rule, property.Value)),
        _ => throw new NotSupportedException($"The keyword '{keyword}' is not checked."),
    };

    private static string TypeOf(JsonNode? value) => value switch
    {
        JsonObject => "object",
        JsonArray => "array",
        null => "null",
        _ => value.GetValueKind().ToString().ToLowerInvariant() is "true" or "false" ? "boolean" : value.GetValueKind().ToString().ToLowerInvariant(),
    };
}
