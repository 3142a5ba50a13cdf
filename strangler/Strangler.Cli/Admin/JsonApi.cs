using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Strangler.Cli.Terminal;

namespace Strangler.Cli.Admin;

/// <summary>The JSON endpoints of a running host. Whatever goes wrong becomes one clear failure: nobody there is 3, a refusal is 1.</summary>
/// <param name="who">How a person calls the host, e.g. "The facade".</param>
/// <param name="address">Where it is.</param>
/// <param name="cure">What to do when nobody answers there.</param>
/// <param name="token">What it is told so that it answers; null for nothing.</param>
internal sealed class JsonApi(string who, Uri address, string cure, string? token = null) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    // No proxy: these hosts are on this machine, whatever the environment says about the way to others.
    private readonly HttpClient http = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, UseCookies = false })
    {
        Timeout = Patience,
        DefaultRequestHeaders = { Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token) },
    };

    public Uri Address => address;

    public Task<T> GetAsync<T>(string pathAndQuery, CancellationToken cancellation) => SendAsync<T>(new(HttpMethod.Get, At(pathAndQuery)), cancellation);

    public Task<T> PostAsync<T>(string path, object body, CancellationToken cancellation) => SendAsync<T>(Post(path, body), cancellation);

    public async Task PostAsync(string path, object body, CancellationToken cancellation)
    {
        using var answer = await AnswerAsync(Post(path, body), cancellation);
    }

    /// <summary>What an answer says, for a command that also prints it as it came: nothing that a newer host says is lost.</summary>
    public T Read<T>(JsonElement answer)
    {
        try
        {
            return answer.Deserialize<T>(Screen.JsonOptions) ?? throw Odd("with nothing");
        }
        catch (JsonException)
        {
            throw Odd("not in JSON as expected");
        }
    }

    public void Dispose() => http.Dispose();

    private Uri At(string pathAndQuery) => new($"{address.AbsoluteUri.TrimEnd('/')}{pathAndQuery}");

    private HttpRequestMessage Post(string path, object body) => new(HttpMethod.Post, At(path)) { Content = JsonContent.Create(body, new MediaTypeHeaderValue("application/json"), Screen.JsonOptions) };

    private async Task<T> SendAsync<T>(HttpRequestMessage request, CancellationToken cancellation)
    {
        using var answer = await AnswerAsync(request, cancellation);
        try
        {
            return await answer.Content.ReadFromJsonAsync<T>(Screen.JsonOptions, cancellation) ?? throw Odd("with nothing");
        }
        catch (JsonException)
        {
            throw Odd("not in JSON as expected");
        }
    }

    private async Task<HttpResponseMessage> AnswerAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        try
        {
            var answer = await http.SendAsync(request, cancellation);
            if (answer.IsSuccessStatusCode) return answer;
            using (answer) throw await RefusalAsync(answer, cancellation);
        }
        catch (HttpRequestException cause)
        {
            throw new CommandFailedException(ExitCode.Unreachable, $"{who} does not answer at {address}: {cause.Message.TrimEnd('.')}. {cure}");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new CommandFailedException(ExitCode.Unreachable, $"{who} does not answer at {address} within {Patience.TotalSeconds:0} s. {cure}");
        }
        finally
        {
            request.Dispose();
        }
    }

    private async Task<CommandFailedException> RefusalAsync(HttpResponseMessage answer, CancellationToken cancellation)
    {
        try
        {
            var body = await answer.Content.ReadFromJsonAsync<JsonElement>(cancellation);
            if (body.ValueKind == JsonValueKind.Object && body.TryGetProperty("error", out var error)) return new(ExitCode.Failed, error.ToString());
        }
        catch (JsonException)
        {
            // No reason given: the status has to do.
        }

        return Odd($"with status {(int)answer.StatusCode}");
    }

    private CommandFailedException Odd(string how) => new(ExitCode.Failed, $"{address} answers {how}: is {char.ToLowerInvariant(who[0])}{who[1..]} there? {cure}");
}
