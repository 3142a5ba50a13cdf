using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Strangler.AntiCorruption;
using Strangler.Messaging;

namespace Strangler.Cli.Tests;

/// <summary>An anti-corruption layer over a real database with one table <c>person</c>, a consumer of what it publishes, and the tool beside it.</summary>
internal sealed class RunningLayer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ForeignDatabase _source;
    private readonly DirectoryInfo _store;
    private readonly ConcurrentQueue<string> _published = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _receiving;

    private RunningLayer(WebApplication app, ForeignDatabase source, DirectoryInfo store, IMessageReceiver receiver)
    {
        (_app, _source, _store) = (app, source, store);
        _receiving = ReceiveAsync(receiver);
    }

    public string Url => _app.Urls.Single();

    public ForeignDatabase Source => _source;

    public PersonTranslator Persons => _app.Services.GetServices<ITranslator>().OfType<PersonTranslator>().Single();

    /// <summary>Key and body of every message, as they came.</summary>
    public IReadOnlyList<string> Published => [.. _published];

    /// <param name="engine">Kind of the database.</param>
    /// <param name="table">The database's only table; when it is not called <c>person</c>, the layer cannot begin.</param>
    public static async Task<RunningLayer> StartAsync(Engine engine, string table = "person")
    {
        var source = await ForeignDatabase.CreateAsync(engine, $"create table {table} (id integer primary key, name text, note text)");
        var store = Directory.CreateTempSubdirectory("strangler-cli-");
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(
        [
            new("ConnectionStrings:Source", source.ConnectionString),
            new("ConnectionStrings:Store", $"Data Source={Path.Combine(store.FullName, "store.db")}"),
            // Slots are named server-wide.
            new("AntiCorruption:Slot", $"cli_{Guid.NewGuid():n}"),
            new("AntiCorruption:HeartbeatInterval", "00:00:00.200"),
        ]);
        var medium = new InProcessMedium(partitions: 1);
        builder.Services.AddSingleton<IMedium>(medium);
        builder.Services.AddAntiCorruption(builder.Configuration).AddTranslator<PersonTranslator>();
        var app = builder.Build();
        app.MapAntiCorruption();
        var layer = new RunningLayer(app, source, store, await medium.OpenReceiverAsync(new("tester", PersonTranslator.Stated), 0, CancellationToken.None));
        await app.StartAsync();
        return layer;
    }

    public Task<ToolRun> RunAsync(params string[] command) => ToolRun.Of([.. command, "--acl", Url]);

    public async ValueTask DisposeAsync()
    {
        Persons.Holds = false;
        await _app.StopAsync();
        await _app.DisposeAsync();
        await _stop.CancelAsync();
        await _receiving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
        await _source.DisposeAsync();
        _store.Delete(recursive: true);
    }

    private async Task ReceiveAsync(IMessageReceiver receiver)
    {
        await using (receiver)
        {
            while (true)
            {
                foreach (var message in await receiver.ReceiveAsync(100, _stop.Token)) _published.Enqueue($"{message.Key} {Encoding.UTF8.GetString(message.Data.Span)}");
                await receiver.AcknowledgeAsync(_stop.Token);
            }
        }
    }
}
