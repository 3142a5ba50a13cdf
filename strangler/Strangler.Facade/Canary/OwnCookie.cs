using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace Strangler.Facade;

/// <summary>The facade's own cookie: the sticky key of visitors who have neither a user nor a session. A random number, nothing else; no owner ever sees it.</summary>
internal static class OwnCookie
{
    public const string Name = "strangler-key";

    /// <summary>The visitor's key; a new one, given to the visitor with this answer, when there is none.</summary>
    public static StickyKey KeyOf(HttpContext context)
    {
        var value = CookieHeader.Find(context.Request.Headers.Cookie, Name);
        if (value.Length is > 0 and <= 64) return StickyKey.Own(value);

        var drawn = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var secure = context.Request.IsHttps ? "; Secure" : "";
        context.Response.OnStarting(Give, (context.Response, $"{Name}={drawn}; Max-Age=31536000; Path=/; HttpOnly; SameSite=Lax{secure}"));
        return StickyKey.Own(drawn);
    }

    /// <summary>Takes the cookie out of what an owner is sent.</summary>
    public static void Strip(HttpRequestMessage request)
    {
        if (!request.Headers.NonValidated.TryGetValues("Cookie", out var values)) return;
        var header = values.ToString();
        if (!header.Contains(Name, StringComparison.Ordinal)) return;
        string[] kept = [.. values.Select(value => CookieHeader.Without(value, Name)).OfType<string>()];
        request.Headers.Remove("Cookie");
        if (kept.Length > 0) request.Headers.TryAddWithoutValidation("Cookie", kept);
    }

    // At the very start of the answer, so that an answer that is thrown away for another one cannot lose it.
    private static Task Give(object state)
    {
        var (response, cookie) = ((HttpResponse, string))state;
        // A cache that many share must not hand one visitor's key to all.
        if (!response.Headers.CacheControl.ToString().Contains("public", StringComparison.OrdinalIgnoreCase)) response.Headers.Append("Set-Cookie", cookie);
        return Task.CompletedTask;
    }
}
