namespace Strangler.Facade;

/// <summary>Reads the <c>rewrite</c> block of an owner.</summary>
internal sealed class RewriteReader(RouteErrors errors)
{
    private static readonly string[] SecureChoice = [CookieRule.Add, CookieRule.Remove, CookieRule.Public];
    private static readonly string[] SameSiteChoice = ["Strict", "Lax", "None", CookieRule.Remove];
    private readonly ValueReader values = new(errors);

    /// <summary>The rule; null when there is none, or (noted) it is no object.</summary>
    public RewriteRule? Read(PlacedValue owner)
    {
        if (owner["rewrite"] is not { } block || !values.IsObject(block, "locations", "names", "cookies")) return null;
        var locations = values.Flag(block, "locations");
        List<HostPattern> names = [.. values.Texts(block, "names").Select(Name).OfType<HostPattern>()];
        if (block["names"] is { } alone && !locations) errors.Add(alone, "'names' says nothing without 'locations'.", "Add \"locations\": true, or leave it out.");
        if (block["locations"] is null && block["cookies"] is null) errors.Add(block, "This rewrites nothing.", "Add \"locations\": true or \"cookies\": { … }, or leave 'rewrite' out.");
        return new RewriteRule(locations, names, Cookies(block));
    }

    private HostPattern? Name(PlacedValue item)
    {
        if (HostPattern.TryParse(item.Text!) is { } host) return host;
        errors.Add(item, $"'{item.Text}' is no host.", "Write \"name\", \"name:port\" or \"*.name\", without scheme and path.");
        return null;
    }

    private CookieRule? Cookies(PlacedValue rewrite)
    {
        if (rewrite["cookies"] is not { } block || !values.IsObject(block, "domain", "path", "secure", "sameSite")) return null;
        if (block.Members.Count == 0) errors.Add(block, "This rewrites nothing.", "Add \"domain\", \"path\", \"secure\" or \"sameSite\", or leave 'cookies' out.");
        var rule = new CookieRule(Domain(block), Path(block), Choice(block, "secure", SecureChoice), Choice(block, "sameSite", SameSiteChoice));
        if (rule is { SameSite: "None", Secure: CookieRule.Remove }) errors.Add(block["secure"]!, "Browsers refuse cookies with SameSite=None that are not Secure.", "Write \"add\".");
        return rule;
    }

    private string? Domain(PlacedValue block)
    {
        if (values.Text(block, "domain", null) is not { } domain) return null;
        if (domain == CookieRule.Remove || Uri.CheckHostName(domain.StartsWith('.') ? domain[1..] : domain) == UriHostNameType.Dns) return domain;
        errors.Add(block["domain"]!, $"'{domain}' is no domain.", "Write e.g. \"shop.example\", or \"remove\".");
        return null;
    }

    private string? Path(PlacedValue block)
    {
        if (values.Text(block, "path", null) is not { } path) return null;
        if (path.StartsWith('/') && path.All(c => c is > ' ' and <= '~' and not ';')) return path;
        errors.Add(block["path"]!, $"'{path}' is no path of a cookie.", "Write e.g. \"/\".");
        return null;
    }

    private string? Choice(PlacedValue block, string name, string[] choice) => block[name] is null ? null : values.Choice(block, name, choice, choice[0]);
}
