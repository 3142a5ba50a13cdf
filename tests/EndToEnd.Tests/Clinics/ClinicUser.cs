using System.Net;
using AngleSharp.Html.Parser;

namespace EndToEnd.Tests.Clinics;

/// <summary>A person with a browser's habits: keeps cookies, sends forms with their hidden fields, follows nothing by itself.</summary>
public sealed class ClinicUser : IDisposable
{
    private readonly HttpClient client;

    public ClinicUser(Uri site)
    {
        client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = Cookies, ConnectTimeout = TimeSpan.FromSeconds(5) })
        {
            BaseAddress = site,
            Timeout = TimeSpan.FromSeconds(20),
        };
    }

    public CookieContainer Cookies { get; } = new();

    /// <summary>A user of the site who is logged in on the legacy.</summary>
    public static async Task<ClinicUser> LoggedInAsync(Uri site)
    {
        var user = new ClinicUser(site);
        var answer = await user.SubmitAsync("/login/", "form", new() { ["username"] = "maria", ["password"] = "senha123" });
        Assert.Equal(302, answer.Status);
        return user;
    }

    public Task<Answer> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    public async Task<Answer> SendAsync(HttpMethod method, string path, HttpContent? body = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = body };
        using var response = await client.SendAsync(request);
        return await Answer.ReadAsync(response);
    }

    /// <summary>Opens a page, fills the form that the selector finds and sends it.</summary>
    public async Task<Answer> SubmitAsync(string page, string form, Dictionary<string, string> values)
    {
        var opened = await GetAsync(page);
        Assert.Equal(200, opened.Status);
        var found = new HtmlParser().ParseDocument(opened.Text).QuerySelector(form);
        Assert.True(found is not null, $"{page} has no form '{form}'.");
        var fields = found.QuerySelectorAll("input[type=hidden]").ToDictionary(input => input.GetAttribute("name")!, input => input.GetAttribute("value") ?? "");
        foreach (var (name, value) in values) fields[name] = value;
        using var content = new FormUrlEncodedContent(fields);
        return await SendAsync(HttpMethod.Post, found.GetAttribute("action") is { Length: > 0 } action ? action : page, content);
    }

    public void Dispose() => client.Dispose();
}
