using System.Buffers;

namespace Strangler.Facade;

/// <summary>Headers and paths by which facade, legacy and services trust each other. From outside they are worth nothing.</summary>
internal static class ProtectedNames
{
    /// <summary>Header of the signed identity that a service is handed.</summary>
    public const string Identity = Strangler.Identity.StranglerIdentity.HeaderName;

    private const string RemoteKey = "X-SystemWebAdapter-RemoteAppAuthentication-Key";
    private const string Migration = "x-migration-authenticate";

    // A virtual directory may stand in front. Browsers may reach …/authenticate: without the key it only sends them back to where they came from.
    private static readonly SearchValues<string> SessionPath = SearchValues.Create(["/systemweb-adapters/session"], StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a path is the exchange of sessions, which only services may use and only directly.</summary>
    public static bool IsBlocked(ReadOnlySpan<char> path) => path.ContainsAny(SessionPath);

    public static void Strip(HttpRequestMessage request)
    {
        request.Headers.Remove(Identity);
        request.Headers.Remove(RemoteKey);
        request.Headers.Remove(Migration);
    }
}
