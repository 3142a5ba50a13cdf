using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Strangler.Messaging;

/// <summary>
/// How a host that sends or receives messages begins: every setting is checked before anything runs, and whatever keeps it from starting is one clear
/// line each, never a stack trace. A facade has the same of its own, because neither library knows the other.
/// </summary>
public static class HostStart
{
    /// <summary>Builds the host and checks its listeners and every options class that is validated at start.</summary>
    /// <param name="builder">The host, complete.</param>
    /// <exception cref="OptionsValidationException">Settings are missing or broken; every failure of every class at once.</exception>
    public static WebApplication BuildChecked(this WebApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        WebApplication? app = null;
        // What keeps a host from starting is said by whoever starts it. Afterwards the framework's word on a worker that died is the only one.
        var lowest = Enum.TryParse<LogLevel>(builder.Configuration["Logging:LogLevel:Default"], ignoreCase: true, out var said) ? said : LogLevel.Information;
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", level => level >= lowest && app is { Lifetime.ApplicationStarted.IsCancellationRequested: true });
        app = builder.Build();

        List<string> failures = [.. ListenerFailures(app.Configuration[WebHostDefaults.ServerUrlsKey] ?? ""), .. OptionsFailures(app.Services)];
        if (failures.Count == 0) return app;
        ((IDisposable)app).Dispose();
        throw new OptionsValidationException(Options.DefaultName, typeof(HostStart), failures);
    }

    /// <summary>Creates and runs a host until it is stopped. What is wrong at the start goes to standard error, one line each.</summary>
    /// <param name="create">Makes the host, by <see cref="BuildChecked"/>.</param>
    /// <returns>The exit code: 0 after a clean stop, 1 when it could not start.</returns>
    public static async Task<int> RunAsync(Func<WebApplication> create)
    {
        ArgumentNullException.ThrowIfNull(create);
        var urls = "";
        try
        {
            await using var app = create();
            urls = app.Configuration[WebHostDefaults.ServerUrlsKey];
            await app.RunAsync();
            return 0;
        }
        catch (OptionsValidationException broken)
        {
            foreach (var failure in broken.Failures) await Console.Error.WriteLineAsync(failure);
        }
        catch (Exception refused) when (refused is IOException or SocketException)
        {
            await Console.Error.WriteLineAsync($"--urls '{urls}' cannot be listened on: {refused.Message.TrimEnd('.')}. Stop what listens there, or give another address.");
        }

        return 1;
    }

    private static IEnumerable<string> ListenerFailures(string urls) => urls.Split(';', StringSplitOptions.RemoveEmptyEntries).Where(static url => !IsListenable(url))
        .Select(static url => $"--urls '{url}' is no address to listen on. Write scheme, host and port, e.g. http://127.0.0.1:8083.");

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

    private static IEnumerable<string> OptionsFailures(IServiceProvider services)
    {
        try
        {
            services.GetService<IStartupValidator>()?.Validate();
            return [];
        }
        catch (OptionsValidationException one)
        {
            return one.Failures;
        }
        catch (AggregateException several) when (several.InnerExceptions.All(static one => one is OptionsValidationException))
        {
            return several.InnerExceptions.Cast<OptionsValidationException>().SelectMany(static one => one.Failures);
        }
        catch (InvalidOperationException unreadable) when (unreadable.InnerException is FormatException or ArgumentException or OverflowException)
        {
            // The binder's: names key, value and type.
            return [$"{unreadable.Message.TrimEnd('.')}. Give a value of that type."];
        }
    }
}
