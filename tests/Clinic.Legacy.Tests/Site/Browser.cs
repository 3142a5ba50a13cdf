namespace Clinic.Legacy.Tests.Site;

/// <summary>Speaks HTTP as a browser of the time would: keeps cookies by name, sends the form token, follows no redirect by itself.</summary>
public sealed class Browser(Uri address) : IDisposable
{
    private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = address };

    public Dictionary<string, string> Cookies { get; } = [];

    public Task<Page> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    public Task<Page> HeadAsync(string path) => SendAsync(HttpMethod.Head, path);

    /// <summary>Posts a form with the token of the cookie, which a form page must have set before.</summary>
    public Task<Page> PostAsync(string path, params (string Name, string Value)[] fields) =>
        SendAsync(HttpMethod.Post, path, new FormUrlEncodedContent(WithToken(fields)));

    /// <summary>Posts a multipart form with one file.</summary>
    public Task<Page> UploadAsync(string path, string fileName, byte[] content, params (string Name, string Value)[] fields)
    {
        var form = new MultipartFormDataContent();
        foreach (var field in WithToken(fields)) form.Add(new StringContent(field.Value), field.Key);
        form.Add(new ByteArrayContent(content), "arquivo", fileName);
        return SendAsync(HttpMethod.Post, path, form);
    }

    public async Task<Page> SendAsync(HttpMethod method, string path, HttpContent? content = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        if (Cookies.Count > 0) request.Headers.Add("Cookie", string.Join("; ", Cookies.Select(cookie => $"{cookie.Key}={cookie.Value}")));
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        using var response = await http.SendAsync(request);
        var page = await Page.ReadAsync(response);
        foreach (var cookie in page.SetCookies)
        {
            var pair = cookie[..cookie.IndexOf(';')].Split('=', 2);
            if (pair[1] == "") Cookies.Remove(pair[0]);
            else Cookies[pair[0]] = pair[1];
        }

        return page;
    }

    public async Task<Page> LogInAsync(string user, string password = "senha123", string next = "")
    {
        await GetAsync("/login/");
        return await PostAsync("/login/", ("username", user), ("password", password), ("next", next));
    }

    /// <summary>A new patient by the form; the id is in the redirect.</summary>
    public async Task<int> NewPatientAsync(string name, params (string Name, string Value)[] fields)
    {
        await GetAsync("/pacientes/novo/");
        return IdIn(await PostAsync("/pacientes/novo/", [("nome", name), ("empresa", "1"), ("sexo", "F"), ("status", "A"), .. fields]));
    }

    /// <summary>A new exam request by the form; the kind is 1 ADM, 2 PER, 3 RT, 4 MF, 5 DEM.</summary>
    public async Task<int> NewRequestAsync(int patient, int kind = 2)
    {
        await GetAsync("/pedidos/novo/");
        return IdIn(await PostAsync("/pedidos/novo/", ("paciente", $"{patient}"), ("tipo", $"{kind}"), ("exame", "1"), ("exame", "2")));
    }

    public void Dispose() => http.Dispose();

    private static int IdIn(Page redirect)
    {
        Assert.Equal(302, redirect.Status);
        return int.Parse(redirect.Header("Location")!.Split('/')[2], System.Globalization.CultureInfo.InvariantCulture);
    }

    private IEnumerable<KeyValuePair<string, string>> WithToken((string Name, string Value)[] fields)
    {
        if (Cookies.TryGetValue("csrftoken", out var token)) yield return new("csrfmiddlewaretoken", token);
        foreach (var (name, value) in fields) yield return new(name, value);
    }
}
