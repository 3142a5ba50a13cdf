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
    private readonly WebApplication app;
    private readonly ForeignDatabase source;
    private readonly DirectoryInfo store;
    private readonly ConcurrentQueue<string> published = [];
    private readonly CancellationTokenSource stop = new();
    private readonly Task receiving;

    private RunningLayer(WebApplication app, ForeignDatabase source, DirectoryInfo store, IMessageReceiver receiver)
    {
        (this.app, this.source, this.store) = (app, source, store);
        receiving = ReceiveAsync(receiver);
    }

    public string Url => app.Urls.Single();

    public ForeignDatabase Source => source;

    public PersonTranslator Persons => app.Services.GetServices<ITranslator>().OfType<PersonTranslator>().Single();

    /// <summary>Key and body of every message, as they came.</summary>
    public IReadOnlyList<string> Published => [.. published];

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
        await app.StopAsync();
        await app.DisposeAsync();
        await stop.CancelAsync();
        await receiving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
        await source.DisposeAsync();
        store.Delete(recursive: true);
    }

    private async Task ReceiveAsync(IMessageReceiver receiver)
    {
        await using (receiver)
        {
            while (true)
            {
                foreach (var message in await receiver.ReceiveAsync(100, stop.Token)) published.Enqueue($"{message.Key} {Encoding.UTF8.GetString(message.Data.Span)}");
                await receiver.AcknowledgeAsync(stop.Token);
            }
        }
    }
}
