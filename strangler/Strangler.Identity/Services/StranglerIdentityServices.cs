using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Strangler.Identity;

/// <summary>How a service comes to know its users.</summary>
public static class StranglerIdentityServices
{
    /// <summary>
    /// Accepts the facade's identity and nothing else: every request, also one that no endpoint matches, needs a valid token in the header
    /// <see cref="StranglerIdentity.HeaderName"/>, or gets 401; except below <see cref="StranglerIdentityOptions.OpenPaths"/> and on endpoints with
    /// <c>AllowAnonymous</c>. <c>HttpContext.User</c> is the user that legacy authenticated. The middleware is added by <c>WebApplication</c> itself.
    /// </summary>
    /// <param name="services">The service's collection; uses its <see cref="TimeProvider"/>, or the system's when it has none.</param>
    /// <param name="configure">Settings in code, over those of the configuration section <c>Identity</c>; usually the audience alone.</param>
    /// <remarks>With a missing or unusable key the host does not start: <see cref="OptionsValidationException"/> lists every fault.</remarks>
    public static IServiceCollection AddStranglerIdentity(this IServiceCollection services, Action<StranglerIdentityOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<IValidateOptions<StranglerIdentityOptions>, StranglerIdentityOptionsValidator>();
        services.AddOptions<StranglerIdentityOptions>().BindConfiguration("Identity").Configure(configure).ValidateOnStart();
        services.AddSingleton(VerifierOf);

        // Not AddAuthentication: that brings Data Protection, which would write a key ring to the disk of a service that protects nothing.
        services.AddAuthenticationCore(options => options.DefaultScheme = StranglerIdentity.Scheme);
        services.AddWebEncoders();
        new AuthenticationBuilder(services)
            .AddScheme<AuthenticationSchemeOptions, StranglerIdentityHandler>(StranglerIdentity.Scheme, configureOptions: null);
        services.AddAuthorization();
        services.AddOptions<AuthorizationOptions>().Configure<IOptions<StranglerIdentityOptions>>(RequireIdentity);
        return services;
    }

    private static IdentityVerifier VerifierOf(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<IOptions<StranglerIdentityOptions>>().Value;
        return new(IdentityKeys.ReadPublic(options.PublicKey), options.Audience, provider.GetRequiredService<TimeProvider>(), options.ClockSkew);
    }

    private static void RequireIdentity(AuthorizationOptions authorization, IOptions<StranglerIdentityOptions> options)
    {
        PathString[] open = [.. options.Value.OpenPaths.Select(path => new PathString(path))];
        authorization.FallbackPolicy = new AuthorizationPolicyBuilder(StranglerIdentity.Scheme)
            .RequireAssertion(call => call.User.Identity is { IsAuthenticated: true }
                || (call.Resource is HttpContext http && open.Any(path => http.Request.Path.StartsWithSegments(path))))
            .Build();
    }
}
