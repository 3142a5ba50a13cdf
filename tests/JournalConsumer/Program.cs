using System.Diagnostics;
using Dapper;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Strangler.Messaging;

// A consumer as a process of its own, which tests kill, or let kill itself: --DieAt KEY@POSITION ends it with SIGKILL in the handler of that message. --Whole true asks for
// whole transactions.
var builder = Host.CreateEmptyApplicationBuilder(new() { Args = args });
builder.Configuration.AddCommandLine(args);
builder.Logging.AddConsole().SetMinimumLevel(LogLevel.Warning);
await using var store = StoreDataSource.Create(builder.Configuration["Store"]!);
builder.Services.AddStranglerMessaging(builder.Configuration);
builder.Services.AddMessageConsumer("counters", store, consumer =>
{
    consumer.Handle<Counted, JournalHandler>("sample.counter.counted.v1");
    if (builder.Configuration["Whole"] == "true") consumer.WholeTransactions();
});
await builder.Build().RunAsync();

internal sealed record Counted(long Value);

/// <summary>Writes every effect down, in the order in which it is made.</summary>
internal sealed class JournalHandler(IConfiguration settings) : IMessageHandler<Counted>
{
    private readonly string? dieAt = settings["DieAt"];

    public async Task HandleAsync(Counted message, MessageContext context, CancellationToken cancellation)
    {
        await context.Connection.ExecuteAsync(new CommandDefinition(
            "insert into journal (key, version, value) values (@key, @version, @value)",
            new { key = context.Envelope.Key, version = context.Envelope.Version.ToString(), value = message.Value },
            context.Transaction,
            cancellationToken: cancellation));
        if (dieAt == $"{context.Envelope.Key}@{context.Envelope.Version.Position}") Process.GetCurrentProcess().Kill();
    }
}
