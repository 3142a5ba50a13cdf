using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Strangler.Facade;

/// <summary>What the admin listener answers.</summary>
internal sealed class AdminEndpoints(StatusEndpoint status, LiveOwnership ownership, History history, Announcements announcements, FacadeHealth health, GateReports gates, MismatchEndpoints mismatches)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/status", status.AnswerAsync);
        routes.MapGet("/explain", ExplainAsync);
        routes.MapGet("/history", context => WriteAsync(context, history.Read(Query(context, "route"))));
        routes.MapGet("/gates", GatesAsync);
        routes.MapPost("/announcements", AnnounceAsync);
        routes.MapGet("/health", HealthAsync);
        mismatches.Map(routes);
    }

    /// <summary>GET /explain?method=GET&amp;url=/path?query[&amp;host=name][&amp;user=name][&amp;cookie=header][&amp;header=name:value …]. A url with scheme and host brings its own host.</summary>
    private Task ExplainAsync(HttpContext context)
    {
        if (Query(context, "url") is not { } url) return RefuseAsync(context, "'url' is missing: /explain?method=GET&url=/path.");
        var absolute = Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https";
        if (!absolute && !url.StartsWith('/')) return RefuseAsync(context, $"'{url}' is no URL: it begins with '/' or 'http'.");
        var host = Query(context, "host") ?? (absolute ? uri!.Authority : "");
        var headers = new List<KeyValuePair<string, string>>();
        foreach (var line in context.Request.Query["header"])
        {
            var colon = line?.IndexOf(':', StringComparison.Ordinal) ?? -1;
            if (colon < 1) return RefuseAsync(context, "A header is a name and a value: header=X-Unit:north.");
            headers.Add(new(line![..colon].Trim(), line[(colon + 1)..].Trim()));
        }

        var live = ownership.Current;
        var explanation = live.Table.Explain(Query(context, "method") ?? "GET", host, url, new Caller(Query(context, "user"), Query(context, "cookie"), headers));
        return WriteAsync(context, new
        {
            explanation.Route,
            Stage = explanation.Stage.Word(),
            explanation.Owner,
            explanation.Service,
            Destination = Url(explanation.Destination),
            Reasons = explanation.Reasons.Concat(Failing(live, explanation)),
        });
    }

    /// <summary>What the file does not know: that the service is left alone at the moment.</summary>
    private static IEnumerable<string> Failing(LiveTable live, Explanation explanation)
    {
        if (explanation.Owner == Owner.LegacyName || live.PlanOf(live.Table.Route(explanation.Route)!).Service is not { CanAnswer: false } service) return [];
        var why = service.Pool.AnyHealthy ? $"it fails too often, and is tried again at {service.Breaker!.View.Until:u}" : "none of its destinations is healthy";
        var instead = live.Table.Route(explanation.Route)!.Fallback is null ? "users get a 503" : "legacy answers instead";
        return [$"Service '{explanation.Owner}' is not asked at the moment: {why}; {instead}."];
    }

    /// <summary>GET /gates?route=ID. 404 for a route that is not live.</summary>
    private Task GatesAsync(HttpContext context)
    {
        if (Query(context, "route") is not { } id) return RefuseAsync(context, "'route' is missing: /gates?route=ID.");
        var live = ownership.Current;
        if (live.Table.Route(id) is { } route) return WriteAsync(context, gates.Of(live.PlanOf(route)));
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return WriteAsync(context, new { Error = $"There is no route '{id}'. {Spelling.Cure(id, [.. live.Table.Routes.Select(known => known.Id)], "See /status for those that are live.")}" });
    }

    /// <summary>POST /announcements {hash, who, why}: who is about to write the file with that hash, and why.</summary>
    private async Task AnnounceAsync(HttpContext context)
    {
        if (!context.Request.HasJsonContentType())
        {
            await RefuseAsync(context, "The content type must be application/json.");
            return;
        }

        Announcement? announcement;
        try
        {
            announcement = await context.Request.ReadFromJsonAsync<Announcement>(AdminJson.Options, context.RequestAborted);
        }
        catch (System.Text.Json.JsonException)
        {
            announcement = null;
        }

        if (announcement is not { Hash.Length: 64 } || !IsLine(announcement.Who, 200) || !IsLine(announcement.Why, 2000))
        {
            await RefuseAsync(context, "An announcement is {hash, who, why}: the SHA-256 of the file to come in hex, who writes it (200 characters) and why (2000), each one line.");
            return;
        }

        announcements.Add(announcement);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private async Task HealthAsync(HttpContext context)
    {
        var report = await health.CheckAsync(context.RequestAborted);
        if (report.Results.Any(result => !result.Passed)) context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        await WriteAsync(context, report);
    }

    /// <summary>An address as people write it, without the slash that Uri adds.</summary>
    internal static string Url(Uri address) => address.GetLeftPart(UriPartial.Authority);

    private static bool IsLine(string? text, int longest) => !string.IsNullOrWhiteSpace(text) && text.Length <= longest && !text.Any(char.IsControl);

    internal static string? Query(HttpContext context, string name) => context.Request.Query.TryGetValue(name, out var value) && !string.IsNullOrEmpty(value) ? value.ToString() : null;

    internal static Task RefuseAsync(HttpContext context, string message)
    {
        context.Response.StatusCode = StatusCodes.Status400BadRequest;
        return WriteAsync(context, new { Error = message });
    }

    internal static Task WriteAsync<T>(HttpContext context, T value) => context.Response.WriteAsJsonAsync(value, AdminJson.Options, context.RequestAborted);
}
