using System.CommandLine;
using System.Text.Json;
using Strangler.Cli.Terminal;
using Strangler.Facade;

namespace Strangler.Cli.Commands;

internal sealed class ExplainCommand : ToolCommand
{
    private readonly Argument<string> method = new("METHOD") { Description = "The request's method, e.g. GET." };
    private readonly Argument<string> url = new("URL") { Description = "Path and query as sent, e.g. /orders/1?x=2; or a whole URL, when routes differ by host." };
    private readonly Option<string?> user = new("--user") { Description = "Who asks, as legacy names them: in stage canary it decides.", HelpName = "NAME" };
    private readonly Option<string?> cookie = new("--cookie") { Description = "The Cookie header of who asks, e.g. \"sid=1\": in stage canary it decides too.", HelpName = "TEXT" };
    private readonly Option<string[]> headers = HeaderOption.Create("A header of the request, where routes or testers go by one. Several are several options.");
    private readonly Option<string?> branch = new("--branch") { Description = "With --routes, where branches go by a facade's setting: the branch.", HelpName = "NAME" };
    private readonly Option<string?> routes = ToolOptions.Routes("Explain by this file instead of asking the facade.");
    private readonly AdminOptions admin = new();

    public ExplainCommand()
        : base("explain", "Which route owns a request, in which stage, who answers, and why.")
    {
        Add(method);
        Add(url);
        Add(user);
        Add(cookie);
        Add(headers);
        Add(branch);
        Add(routes);
        admin.AddTo(this);
    }

    protected override async Task<ExitCode> RunAsync(ParseResult given, Screen screen, CancellationToken cancellation)
    {
        var (method, url) = (given.GetRequiredValue(this.method), given.GetRequiredValue(this.url));
        var caller = new Caller(given.GetValue(user), given.GetValue(cookie), HeaderOption.Read(given.GetValue(headers)));
        var answer = given.GetValue(routes) is { } file ? ByFile(file, given.GetValue(branch), method, url, caller) : await LiveAsync(given, method, url, caller, cancellation);
        screen.Json(answer);
        if (!screen.IsJson) Show(screen, answer.Deserialize<Answer>(Screen.JsonOptions)!);
        return ExitCode.Done;
    }

    private async Task<JsonElement> LiveAsync(ParseResult given, string method, string url, Caller caller, CancellationToken cancellation)
    {
        using var client = admin.Open(given);
        return await client.ExplainAsync(method, url, caller, cancellation);
    }

    private static JsonElement ByFile(string file, string? branch, string method, string url, Caller caller)
    {
        var result = RoutesFile.Read(file);
        if (result.Table is not { } table) throw new CommandFailedException(ExitCode.Failed, $"'{file}' is not valid:", result.Errors);
        var absolute = Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https";
        if (!absolute && !url.StartsWith('/')) throw new CommandFailedException(ExitCode.Failed, $"'{url}' is no URL: it begins with '/' or 'http'.");
        var found = table.In(branch).Explain(method, absolute ? uri!.Authority : "", url, caller);
        var answer = new Answer(found.Route, found.Stage.Word(), found.Owner, found.Service, found.Destination.GetLeftPart(UriPartial.Authority), found.Reasons);
        return JsonSerializer.SerializeToElement(answer, Screen.JsonOptions);
    }

    private static void Show(Screen screen, Answer answer)
    {
        screen.Line($"Route {answer.Route}, stage {answer.Stage}: {answer.Owner} answers at {answer.Destination}.");
        foreach (var reason in answer.Reasons) screen.Line($"  {reason}");
    }

    private sealed record Answer(string Route, string Stage, string Owner, string? Service, string Destination, IReadOnlyList<string> Reasons);
}
