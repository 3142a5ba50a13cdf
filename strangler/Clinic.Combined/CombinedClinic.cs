using System.Data.Common;
using Clinic.Absenteeism;
using Clinic.AntiCorruption;
using Clinic.Facade;
using Clinic.Legacy;
using Clinic.PeriodicalDates;
using Microsoft.Extensions.Options;
using Strangler.Messaging;

namespace Clinic.Combined;

/// <summary>Every host of the clinic in this process, started in the order of a row and stopped in the order of a request.</summary>
internal sealed class CombinedClinic : IAsyncDisposable
{
    // A browser that keeps its connection open does not keep the clinic from stopping.
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(5);

    private readonly Stack<WebApplication> running = new();
    private readonly DataFolder data;

    private CombinedClinic(DataFolder data, Listeners listeners)
    {
        this.data = data;
        Listeners = listeners;
    }

    public Listeners Listeners { get; }

    /// <exception cref="StartException">It cannot start as asked; nothing is left running.</exception>
    public static async Task<CombinedClinic> StartAsync(CombinedArguments arguments)
    {
        var listeners = new Listeners(arguments.FirstPort);
        listeners.RequireFree();
        var clinic = new CombinedClinic(DataFolder.Open(arguments.DataFolder), listeners);
        try
        {
            await clinic.StartHostsAsync(arguments);
            return clinic;
        }
        catch (OptionsValidationException broken)
        {
            await clinic.DisposeAsync();
            throw new StartException(string.Join(Environment.NewLine, broken.Failures), broken);
        }
        catch (Exception refused) when (refused is AjusteInvalido or ArgumentException or DbException or IOException)
        {
            await clinic.DisposeAsync();
            throw new StartException(refused.Message, refused);
        }
    }

    public async ValueTask DisposeAsync()
    {
        while (running.TryPop(out var host))
        {
            await host.StopAsync(StopLimit);
            await host.DisposeAsync();
        }

        data.Dispose();
    }

    private async Task StartHostsAsync(CombinedArguments arguments)
    {
        var stores = await Stores.OpenAsync(arguments.Postgres, data);
        // One medium for all hosts: it carries bytes, so that nothing works here that would not work between processes.
        IMedium? medium = arguments.RabbitMq is null ? new InProcessMedium() : null;
        string[] messaging = arguments.RabbitMq is { } broker ? ["--Messaging:RabbitMq:Uri", broker.OriginalString] : [];
        string[] serving = [.. messaging, "--Messaging:OperatorToken", data.PathOf(DataFolder.OperatorToken), "--Identity:PublicKey", data.PathOf("identity", "identity.public.pem")];

        await StartAsync(LegacyHost.Create(With(
            Listeners.Legacy,
            "--ConnectionStrings:Legacy", stores.Legacy,
            "--Legacy:RemoteAuthenticationKey", data.ExchangeKey,
            "--Legacy:PickupFolder", data.PathOf("mail"),
            "--Legacy:UploadFolder", data.PathOf("uploads"))));
        await StartAsync(PeriodicalDatesHost.Create(
            With(Listeners.PeriodicalDates, ["--ConnectionStrings:Store", stores.PeriodicalDates, .. serving]), medium));
        await StartAsync(AbsenteeismHost.Create(
            With(Listeners.Absenteeism, ["--ConnectionStrings:Store", stores.Absenteeism, .. serving]), medium));
        await StartAsync(AntiCorruptionHost.Create(
            With(Listeners.AntiCorruption, ["--ConnectionStrings:Source", stores.Legacy, "--ConnectionStrings:Store", stores.AntiCorruption, .. messaging]),
            medium));
        await StartAsync(FacadeHost.Create(With(
            Listeners.Facade,
            "--Facade:Admin", Listeners.Admin,
            "--Facade:Routes", data.PathOf("routes.json"),
            "--Facade:State", data.PathOf("facade"),
            "--Facade:RemoteAuthenticationKey", data.ExchangeKey,
            "--Facade:Addresses:legacy", Listeners.Legacy,
            "--Facade:Addresses:periodical-dates", Listeners.PeriodicalDates,
            "--Facade:Addresses:absenteeism", Listeners.Absenteeism,
            "--Identity:PrivateKey", data.PathOf("identity", "identity.private.pem"))));
    }

    private static string[] With(string address, params string[] settings) =>
        ["--urls", address, "--Logging:LogLevel:Default", "Warning", .. settings];

    private async Task StartAsync(WebApplication host)
    {
        running.Push(host);
        await host.StartAsync();
    }
}
