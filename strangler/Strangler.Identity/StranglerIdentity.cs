namespace Strangler.Identity;

/// <summary>The names that facade and services agree on.</summary>
public static class StranglerIdentity
{
    /// <summary>Request header that carries the token from facade to service. The facade strips it from outside traffic, always.</summary>
    public const string HeaderName = "X-Strangler-Identity";

    /// <summary>Name of the ASP.NET Core authentication scheme of a service, and authentication type of the user it yields.</summary>
    public const string Scheme = "StranglerIdentity";

    /// <summary>Value of <c>iss</c> in every token.</summary>
    public const string Issuer = "strangler-facade";
}
