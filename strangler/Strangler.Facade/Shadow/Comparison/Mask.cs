namespace Strangler.Facade;

/// <summary>Shows the form of a value without the value: letters become x or X, digits 9, all else stays.</summary>
internal static class Mask
{
    private const int Longest = 120;

    // Values of the protocol, chosen by programmers; no user ever typed one.
    private static readonly string[] Harmless =
    [
        "status", "header.content-type", "header.cache-control", "header.vary", "header.allow", "header.pragma", "header.expires", "header.etag", "header.accept-ranges",
        "header.content-language", "header.set-cookie", "header.x-powered-by", "header.x-aspnet-version", "header.x-aspnetmvc-version", "header.x-frame-options", "header.x-content-type-options",
        "header.strict-transport-security", "header.referrer-policy", "body",
    ];

    /// <summary>A value of a difference as people may see it; null stays null.</summary>
    /// <param name="difference">The difference that the value belongs to.</param>
    /// <param name="value">Legacy's or the candidate's value.</param>
    /// <param name="revealed">Fields that the route's team knows to hold no personal data.</param>
    public static string? Value(Difference difference, string? value, IReadOnlyList<FieldPattern> revealed)
    {
        if (value is null) return null;
        var plain = difference.Kind is DifferenceKind.Type or DifferenceKind.Order || value is "true" or "false" or "null" || Harmless.Contains(difference.Field)
            || difference.Field.StartsWith("header.set-cookie(", StringComparison.Ordinal) || revealed.Any(pattern => pattern.Matches(difference.Field));
        return Short(plain ? value : Form(value));
    }

    /// <summary>Path and query with every value's form only. The route's own literal segments stay readable.</summary>
    public static string Target(string target, PathTemplate template)
    {
        var query = target.IndexOf('?');
        var path = (query < 0 ? target : target[..query]).Split('/');
        for (var i = 1; i < path.Length; i++)
        {
            var literal = i <= template.Segments.Count ? template.Segments[i - 1] : null;
            if (literal is null || !literal.Equals(path[i], StringComparison.OrdinalIgnoreCase)) path[i] = Form(path[i]);
        }

        var masked = string.Join('/', path);
        return Short(query < 0 ? masked : $"{masked}?{string.Join('&', target[(query + 1)..].Split('&').Select(Parameter))}");
    }

    private static string Parameter(string parameter)
    {
        var equals = parameter.IndexOf('=');
        var name = equals < 0 ? parameter : parameter[..equals];
        return (FieldName.IsName(name) && equals >= 0 ? name : Form(name)) + (equals < 0 ? "" : "=" + Form(parameter[(equals + 1)..]));
    }

    private static string Form(string value) => string.Create(value.Length, value, static (form, original) =>
    {
        for (var i = 0; i < form.Length; i++)
        {
            var c = original[i];
            form[i] = char.IsDigit(c) ? '9' : char.IsUpper(c) ? 'X' : char.IsLetter(c) || char.IsSurrogate(c) ? 'x' : c;
        }
    });

    private static string Short(string value) => value.Length <= Longest ? value : $"{value[..Longest]}… ({value.Length} characters)";
}
