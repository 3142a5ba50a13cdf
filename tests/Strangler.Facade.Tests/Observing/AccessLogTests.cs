using System.Collections.Concurrent;
using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Strangler.Tests.Servers;

namespace Strangler.Facade.Tests;

public sealed partial class AccessLogTests
{
    [Fact]
    public async Task A_route_that_wants_it_has_one_line_a_request_without_personal_data()
    {
        await using var legacy = await Backend.StartAsync(context =>
        {
            context.Response.StatusCode = context.Request.Method == "POST" ? 201 : 200;
            return context.Response.WriteAsync(context.Request.Path == "/quiet" ? "" : "legacy");
        });
        var log = new KeptLog();
        await using var facade = await RunningFacade.LoggedAsync(
            Tables.File("""
                { "id": "people", "match": { "path": "/people/{name}" }, "stage": "legacy", "accessLog": true },
                { "id": "dead", "match": { "path": "/dead" }, "service": "orders", "stage": "service", "accessLog": true },
                """),
            log, "--Facade:Addresses:legacy", legacy.Address.ToString(), "--Facade:Addresses:orders", FacadePageTests.FreeAddress().ToString());

        (await facade.Client.GetAsync("/people/Maria-17?cpf=12345678901")).Dispose();
        (await facade.Client.PostAsync("/people/1", null)).Dispose();
        (await facade.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/PEOPLE/Z"))).Dispose();
        Assert.Equal(HttpStatusCode.BadGateway, (await facade.Client.GetAsync("/dead")).StatusCode);
        (await facade.Client.GetAsync("/quiet?x=1")).Dispose();

        await Wait.UntilAsync(() => log.Lines.Count == 4, "four lines are written");
        Assert.Equal(
            [
                "GET /people/Xxxxx-99 200 6 B route=people stage=legacy owner=legacy outcome=answered protocol=HTTP/1.1 trace=-",
                "POST /people/9 201 6 B route=people stage=legacy owner=legacy outcome=answered protocol=HTTP/1.1 trace=-",
                "HEAD /PEOPLE/X 200 0 B route=people stage=legacy owner=legacy outcome=answered protocol=HTTP/1.1 trace=-",
                "GET /dead 502 59 B route=dead stage=service owner=orders outcome=unreachable protocol=HTTP/1.1 trace=-",
            ],
            log.Lines.Select(line => Varying().Replace(line, "")));
    }

    [Fact]
    public async Task A_log_that_stands_still_holds_no_request_and_what_it_loses_is_counted()
    {
        const int Requests = 5_000;
        await using var legacy = await Backend.SayingAsync("legacy");
        var log = new KeptLog();
        await using var facade = await RunningFacade.LoggedAsync(
            Tables.File("").Replacing("\"stage\": \"legacy\"", "\"stage\": \"legacy\", \"accessLog\": true"), log, "--Facade:Addresses:legacy", legacy.Address.ToString());
        using var lost = new CountedRequests(facade, "strangler.facade.access_log.lost");

        log.Hold();
        await Parallel.ForAsync(0, Requests, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (_, cancellation) => (await facade.Client.GetAsync("/x", cancellation)).Dispose());
        Assert.Empty(log.Lines);
        Assert.InRange(lost.Sum, 1, Requests - 4096);
        log.GoOn();

        await Wait.UntilAsync(() => log.Lines.Count + lost.Sum == Requests + 1, $"every request has a line or is counted as lost: {log.Lines.Count} and {lost.Sum}");
        Assert.Single(log.Lines, line => line == $"{lost.Sum} lines of the access log were lost, because they came faster than they can be written");
    }

    // The time of the request and how long it took.
    [GeneratedRegex(@"^\S+ | [0-9.]+ ms")]
    private static partial Regex Varying();

    /// <summary>Keeps what the access log writes; may stand still, as a terminal or a disk does.</summary>
    private sealed class KeptLog : ILoggerProvider, ILogger
    {
        private readonly ManualResetEventSlim goesOn = new(true);

        public ConcurrentQueue<string> Lines { get; } = new();

        public void Hold() => goesOn.Reset();

        public void GoOn() => goesOn.Set();

        public ILogger CreateLogger(string categoryName) => categoryName == "Strangler.Facade.Access" ? this : NullLogger.Instance;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            goesOn.Wait();
            Lines.Enqueue(formatter(state, exception));
        }

        public void Dispose()
        {
            // Belongs to the test, which still reads it.
        }
    }
}
