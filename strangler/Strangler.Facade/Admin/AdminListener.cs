using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Strangler.Facade;

/// <summary>
/// The admin endpoints, in a Kestrel application of their own: the public one does not know them, so no path and no Host header leads there.
/// With a token, whoever asks must know it; without one it is on loopback, and a browser lured by a name that points at this machine is turned away by its Host header.
/// </summary>
internal sealed partial class AdminListener(FacadeOptions options, AdminEndpoints endpoints, ILoggerFactory logging, ILogger<AdminListener> log) : IHostedService, IAsyncDisposable
{
    private WebApplication? application;

    /// <summary>Where it listens; null before the start.</summary>
    public string? Address => application?.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses.First();

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        // Empty: neither the urls of the public listener nor anything else of its configuration applies here.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(logging);
        builder.Services.AddRouting();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(FacadeOptionsValidator.AdminAddress(options.Admin)!);
        });
        application = builder.Build();
        if (options.AdminToken is { } file) application.Use(OnlyWith(AdminToken.Read(file).Token ?? throw new IOException($"the token file '{file}' was there a moment ago")));
        else application.Use(OnlyByLoopbackName);
        application.UseRouting();
        endpoints.Map(application);
        await application.StartAsync(cancellationToken);
        LogListening(Address!);
    }

    public Task StopAsync(CancellationToken cancellationToken) => application?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    public ValueTask DisposeAsync() => application?.DisposeAsync() ?? ValueTask.CompletedTask;

    private static Func<HttpContext, RequestDelegate, Task> OnlyWith(AdminToken token) => (context, next) =>
    {
        if (token.IsIn(context.Request.Headers.Authorization)) return next(context);
        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        context.Response.Headers.WWWAuthenticate = "Bearer";
        return AdminEndpoints.WriteAsync(context, new { Error = "This facade's admin endpoints ask for its token: give the file, --token FILE or STRANGLER_TOKEN; over HTTP, the header 'Authorization: Bearer TOKEN'." });
    };

    private static Task OnlyByLoopbackName(HttpContext context, RequestDelegate next)
    {
        if (context.Request.Host.Host is "localhost" or "127.0.0.1" or "[::1]") return next(context);
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        return Task.CompletedTask;
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "Admin endpoints listen on {Address}")]
    private partial void LogListening(string address);
}
