using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Strangler.Facade;

/// <summary>Asks destinations how they are, where a service's entry names a path for that. Each is asked by itself: one that hangs delays no other.</summary>
internal sealed partial class HealthProbes(LiveOwnership ownership, TimeProvider clock, ILogger<HealthProbes> log) : BackgroundService
{
    // How soon a changed file and a due probe are noticed.
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(50);
    private readonly Dictionary<Destination, Probe> probes = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Tick, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) Begin(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await Task.WhenAll(probes.Values.Select(probe => probe.Running));
        }
    }

    private void Begin(CancellationToken stopping)
    {
        foreach (var owner in ownership.Current.Services)
        {
            if (owner.Pool.Health is not { Path: not null } rule) continue;
            foreach (var destination in owner.Pool.Destinations)
            {
                if (probes.TryGetValue(destination, out var last) && (!last.Running.IsCompleted || clock.GetElapsedTime(last.Began) < rule.Interval)) continue;
                probes[destination] = new Probe(clock.GetTimestamp(), AskAsync(owner.Owner, destination, rule, stopping));
            }
        }
    }

    private async Task AskAsync(Owner service, Destination destination, HealthRule rule, CancellationToken stopping)
    {
        using var deadline = new CancellationTokenSource(rule.Timeout, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(stopping, deadline.Token);
        var problem = await ProblemAsync(destination, rule.Path!, service.HttpVersion, both.Token);
        if (stopping.IsCancellationRequested || !destination.Probed(problem is null, rule.Failures)) return;
        if (problem is null) LogHealthy(service.Name, destination.Prefix);
        else LogUnhealthy(service.Name, destination.Prefix, problem);
    }

    private static async Task<string?> ProblemAsync(Destination destination, string path, Version version, CancellationToken cancellation)
    {
        using var question = new HttpRequestMessage(HttpMethod.Get, destination.Prefix + path) { Version = version, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        try
        {
            using var answer = await destination.Client.SendAsync(question, cancellation);
            return answer.IsSuccessStatusCode ? null : $"it answers {(int)answer.StatusCode}";
        }
        catch (OperationCanceledException)
        {
            return "it does not answer in time";
        }
        catch (HttpRequestException cause)
        {
            return cause.Message;
        }
    }

    private sealed record Probe(long Began, Task Running);

    [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "Service {Service}: {Destination} is unhealthy and gets no requests: {Reason}")]
    private partial void LogUnhealthy(string service, string destination, string reason);

    [LoggerMessage(EventId = 2, Level = LogLevel.Information, Message = "Service {Service}: {Destination} is healthy again")]
    private partial void LogHealthy(string service, string destination);
}
