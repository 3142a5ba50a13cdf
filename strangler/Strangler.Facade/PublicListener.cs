using Microsoft.AspNetCore.Http;

namespace Strangler.Facade;

/// <summary>Checks where users are to come in, before anything listens.</summary>
public static class PublicListener
{
    /// <summary>What is wrong with the addresses, one line each; empty when nothing is.</summary>
    /// <param name="urls">As <c>--urls</c> gives them: several with ';' between.</param>
    public static IReadOnlyList<string> Problems(string urls)
    {
        ArgumentNullException.ThrowIfNull(urls);
        return [.. urls.Split(';', StringSplitOptions.RemoveEmptyEntries).Where(static url => !IsListenable(url))
            .Select(static url => $"--urls '{url}' is no address to listen on. Write e.g. {StranglerFacade.DefaultUrl}.")];
    }

    private static bool IsListenable(string url)
    {
        try
        {
            return BindingAddress.Parse(url) is { PathBase: "", Scheme: "http" or "https" };
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
