using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Strangler.Messaging;

/// <summary>
/// Lets operators in, by <see cref="MessagingOptions.OperatorToken"/> and nothing else: users reach the same listener through a facade that may be on
/// this machine and hands on the Host that they sent, so neither loopback nor a name proves anything here.
/// </summary>
internal static class OperatorGuard
{
    public static ValueTask<object?> OnlyOperators(EndpointFilterInvocationContext call, EndpointFilterDelegate next)
    {
        var request = call.HttpContext;
        var file = request.RequestServices.GetRequiredService<IOptions<MessagingOptions>>().Value.OperatorToken;
        if (file is null) return new(AskedConsumer.Refuse(StatusCodes.Status403Forbidden, "This host lets no operator in: give it a token's file by the setting Messaging:OperatorToken."));
        if (OperatorToken.Read(file) is not { Token: { } token }) return new(AskedConsumer.Refuse(StatusCodes.Status403Forbidden, "This host cannot read its operator's token: see the file that Messaging:OperatorToken names."));
        if (token.IsIn(request.Request.Headers.Authorization)) return next(call);
        request.Response.Headers.WWWAuthenticate = "Bearer";
        return new(AskedConsumer.Refuse(StatusCodes.Status401Unauthorized, "This host asks operators for its token: give the file, --token FILE or STRANGLER_SERVICE_TOKEN; over HTTP, the header 'Authorization: Bearer TOKEN'."));
    }
}
