using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Strangler.Identity;

namespace Strangler.Facade;

/// <summary>
/// A facade as a web application: <c>builder.AddStranglerFacade()</c>, <c>app.UseStranglerFacade()</c>, and <see cref="RunAsync"/> to end with one clear
/// line when something is wrong.
/// </summary>
public static class StranglerFacade
{
    /// <summary>Where the public listener is when neither <c>--urls</c> nor a Kestrel section says otherwise.</summary>
    public const string DefaultUrl = "http://localhost:8080";

    /// <summary>Adds the facade's parts and lifts those limits of Kestrel that are narrower than what users of an old application are used to.</summary>
    /// <param name="builder">The host that becomes a facade.</param>
    /// <param name="configure">Changes settings after configuration was read; null for none.</param>
    public static WebApplicationBuilder AddStranglerFacade(this WebApplicationBuilder builder, Action<FacadeOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        services.AddOptions<FacadeOptions>().BindConfiguration(FacadeOptions.Section).Configure(options => configure?.Invoke(options));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<FacadeOptions>, FacadeOptionsValidator>());
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<FacadeOptions>>().Value);
        services.TryAddSingleton(TimeProvider.System);
        services.AddHttpForwarder();
        services.AddMetrics();
        services.AddSingleton(provider => StateFolder.Open(provider.GetRequiredService<FacadeOptions>().StateFolder));
        services.AddSingleton(provider => History.Open(provider.GetRequiredService<StateFolder>().HistoryFile));
        services.AddSingleton(Identity);
        foreach (var part in (Type[])[
            typeof(Announcements), typeof(PeerTrust), typeof(OwnerClients), typeof(OpenExchanges), typeof(FacadeMetrics), typeof(AccessLog), typeof(RequestObserver), typeof(Traffic),
            typeof(LoadBalancing), typeof(DestinationPools), typeof(BreakerLatch), typeof(Breakers), typeof(OwnerForwarder), typeof(IdentityStep), typeof(Fallback), typeof(MeasureMemory), typeof(Measures),
            typeof(LegacyStage), typeof(KnownUsers), typeof(CanaryStage), typeof(ServiceStage),
            typeof(KeptShadows), typeof(ShadowMemory), typeof(CopySender), typeof(ShadowIdentity), typeof(ShadowWorker), typeof(ShadowLanes), typeof(ShadowLedger), typeof(ShadowStage),
            typeof(MismatchRepeat), typeof(MismatchEndpoints),
            typeof(RoutePlans), typeof(LiveOwnership), typeof(Signals), typeof(GateReports), typeof(RequestPipeline),
            typeof(FacadeHealth), typeof(StatusEndpoint), typeof(AdminEndpoints), typeof(AdminListener)]) services.AddSingleton(part);
        services.AddHostedService<RoutesWatch>();
        services.AddHostedService<HealthProbes>();
        services.AddHostedService<MeasureKeeper>();
        services.AddHostedService<StepRunner>();
        services.AddHostedService(provider => provider.GetRequiredService<Signals>());
        services.AddHostedService(provider => provider.GetRequiredService<BreakerLatch>());
        services.AddHostedService(provider => provider.GetRequiredService<AccessLog>());
        services.AddHostedService<ShadowKeeper>();
        services.AddHostedService(provider => provider.GetRequiredService<AdminListener>());

        var start = new StartWords(Enum.TryParse<LogLevel>(builder.Configuration["Logging:LogLevel:Default"], ignoreCase: true, out var said) ? said : LogLevel.Information);
        services.AddSingleton(start);
        ConfigureLogging(builder.Logging, start);
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(Configure);
        string[] addresses = ["urls", "http_ports", "https_ports", "Kestrel:Endpoints"];
        if (!addresses.Any(key => builder.Configuration.GetSection(key).Exists())) builder.WebHost.UseUrls(DefaultUrl);
        return builder;
    }

    /// <summary>Reads settings and routes and makes every request the facade's. Call it last: nothing comes after the facade.</summary>
    /// <exception cref="OptionsValidationException">Settings, state folder or routes are wrong; its failures list everything, one line each.</exception>
    public static WebApplication UseStranglerFacade(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        try
        {
            Start(app.Services);
        }
        catch
        {
            // Lets go of the state folder: whoever corrects the setting may start again in this process.
            ((IDisposable)app).Dispose();
            throw;
        }

        app.Lifetime.ApplicationStarted.Register(app.Services.GetRequiredService<StartWords>().LeaveToTheLog);
        // Only now are the settings known to be good.
        app.Services.GetRequiredService<IOptions<KestrelServerOptions>>().Value.Limits.RequestHeadersTimeout = app.Services.GetRequiredService<FacadeOptions>().HeadTimeout;
        app.Run(app.Services.GetRequiredService<RequestPipeline>().HandleAsync);
        return app;
    }

    /// <summary>Creates and runs a host. What is wrong at the start goes to standard error, one line each, without a stack trace.</summary>
    /// <param name="create">Makes the application.</param>
    /// <returns>The exit code: 0 after a clean stop, 1 when it could not start.</returns>
    public static async Task<int> RunAsync(Func<WebApplication> create)
    {
        ArgumentNullException.ThrowIfNull(create);
        try
        {
            await using var app = create();
            await app.RunAsync();
            return 0;
        }
        catch (OptionsValidationException cause)
        {
            foreach (var failure in cause.Failures) await Console.Error.WriteLineAsync(failure);
        }
        catch (Exception cause) when (cause is IOException or SocketException)
        {
            await Console.Error.WriteLineAsync($"A listener cannot be opened: {cause.Message.TrimEnd('.')}. Stop what listens there, or choose another: --urls for the public listener, --Facade:Admin for the admin endpoints.");
        }

        return 1;
    }

    private static void Start(IServiceProvider services)
    {
        var options = Problem(() => services.GetRequiredService<FacadeOptions>(), cause => cause is InvalidOperationException, "Facade");
        var listeners = PublicListener.Problems(services.GetRequiredService<IConfiguration>()[WebHostDefaults.ServerUrlsKey] ?? "");
        if (listeners.Count > 0) throw new OptionsValidationException(FacadeOptions.Section, typeof(FacadeOptions), listeners);
        Problem(
            () => services.GetRequiredService<History>(),
            cause => cause is IOException or UnauthorizedAccessException,
            $"Facade:State '{options.StateFolder}' cannot be used; each facade needs a writable folder of its own");
        Problem(() => services.GetRequiredService<LegacyIdentity>(), cause => cause is IdentityKeyException, "Identity:PrivateKey");

        var file = RoutesFile.Read(options.Routes);
        var failures = services.GetRequiredService<LiveOwnership>().Start(file).Select(error => $"{options.Routes}: {error}").ToList();
        if (file.Table is { } table)
        {
            string[] owners = [.. table.Owners.Keys];
            failures.AddRange(options.Addresses.Keys.Except(owners, StringComparer.OrdinalIgnoreCase).Select(name =>
                $"Facade:Addresses:{name} names no owner of {options.Routes}. {Spelling.Cure(name, owners, $"Owners: {Spelling.List(owners)}.")}"));
        }

        if (failures.Count > 0) throw new OptionsValidationException(FacadeOptions.Section, typeof(FacadeOptions), failures);
        // Reading thousands of routes leaves some 100 MB that steady traffic would not give a reason to collect. Nobody is being served yet.
        if (file.Table is { Routes.Count: >= 1_000 }) GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }

    private static LegacyIdentity Identity(IServiceProvider services)
    {
        var options = services.GetRequiredService<FacadeOptions>();
        var clock = services.GetRequiredService<TimeProvider>();
        var keyFile = services.GetRequiredService<IConfiguration>()["Identity:PrivateKey"];
        return new LegacyIdentity(
            options.RemoteAuthenticationKey is { } key ? new RemoteAuthentication(new RemoteAuthenticationOptions { Key = key, Timeout = options.IdentityTimeout }, clock) : null,
            string.IsNullOrEmpty(keyFile) ? null : new IdentityIssuer(IdentityKeys.ReadPrivate(keyFile), clock),
            clock);
    }

    private static T Problem<T>(Func<T> act, Func<Exception, bool> expected, string setting)
    {
        try
        {
            return act();
        }
        catch (Exception cause) when (expected(cause))
        {
            throw new OptionsValidationException(FacadeOptions.Section, typeof(FacadeOptions), [$"{setting}: {cause.Message}"]);
        }
    }

    private static void ConfigureLogging(ILoggingBuilder logging, StartWords start)
    {
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", start.IsForTheLog);
        logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        // Enabled at any level, this category costs an Activity and a scope a request.
        logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        // The forwarder says what fails, once and in our words.
        logging.AddFilter("Yarp", LogLevel.Error);
    }

    private static void Configure(KestrelServerOptions kestrel)
    {
        // A line ends with CR LF. Owners that also take a bare LF would see headers that Kestrel took for part of a value, or the other way round.
        AppContext.SetSwitch("Microsoft.AspNetCore.Server.Kestrel.DisableHttp1LineFeedTerminators", true);
        kestrel.AddServerHeader = false;
        kestrel.RequestHeaderEncodingSelector = _ => Encoding.Latin1;
        kestrel.ResponseHeaderEncodingSelector = _ => Encoding.Latin1;
        var limits = kestrel.Limits;
        limits.MaxRequestBodySize = null;
        limits.MinRequestBodyDataRate = null;
        limits.MinResponseDataRate = null;
        limits.MaxRequestLineSize = 2 * HeadLimits.Target;
        limits.MaxRequestHeadersTotalSize = HeadLimits.HeaderBytes;
        limits.MaxRequestHeaderCount = 2 * HeadLimits.Headers;
        // One header may be as long over HTTP/2 as over HTTP/1.1.
        limits.Http2.MaxRequestHeaderFieldSize = HeadLimits.HeaderBytes;
        // Protocols stay Kestrel's: HTTP/1.1 on plain http, with TLS what the client chooses. HTTP/2 without TLS would need a listener
        // that speaks nothing else, and browsers do not speak it.
    }
}
