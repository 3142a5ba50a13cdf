using System.Security.Claims;

namespace Strangler.Identity.Tests;

internal static class Users
{
    public static ClaimsPrincipal Bob { get; } = Named("bob", "staff", "physician");

    public static ClaimsPrincipal Named(string name, params string[] roles) =>
        new(new ClaimsIdentity([new(ClaimTypes.Name, name), .. roles.Select(role => new Claim(ClaimTypes.Role, role))], "Forms"));
}
