using System.Net.Sockets;

namespace Strangler.Facade;

/// <summary>Whether the facade and what it needs are well. Every checker runs; each is over within two seconds.</summary>
internal sealed class FacadeHealth(LiveOwnership ownership, History history, LegacyIdentity identity)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);

    public sealed record Report(string Status, IReadOnlyList<Result> Results);

    public sealed record Result(string Checker, string Output, bool Passed);

    public async Task<Report> CheckAsync(CancellationToken cancellation)
    {
        var table = ownership.Current.Table;
        var checks = table.Routes.SelectMany(route => route.Answerers).Distinct().Select(owner => ReachAsync(owner, cancellation)).ToList();
        if (identity.Exchange is not null && table.Routes.Any(route => route.AsksIdentity))
        {
            checks.Add(ExchangeAsync(table.Owners[Owner.LegacyName].Address, cancellation));
        }

        Result[] results =
        [
            ownership.Refused is { } refused ? new("routes", $"The file is refused with {refused.Errors.Count} errors; the last good table serves.", false) : new("routes", $"revision {ownership.Current.Revision}", true),
            new("history", history.Problem ?? $"revision {history.Revision}", history.Problem is null),
            .. await Task.WhenAll(checks),
        ];
        return new Report(results.All(result => result.Passed) ? "success" : "failure", results);
    }

    /// <summary>An owner is well as long as one of its destinations can be reached.</summary>
    private static async Task<Result> ReachAsync(Owner owner, CancellationToken cancellation)
    {
        var name = $"owner {owner.Name}";
        var tried = await Task.WhenAll((owner.Rules?.Destinations ?? [owner.Address]).Select(address => ReachAsync(name, address, cancellation)));
        if (tried.Length == 1) return tried[0];
        var reached = tried.Count(result => result.Passed);
        return new Result(name, $"{reached} of {tried.Length} destinations answer", reached > 0);
    }

    private static Task<Result> ReachAsync(string name, Uri address, CancellationToken cancellation) => BoundedAsync(name, async bounded =>
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(address.Host.Trim('[', ']'), address.Port, bounded);
        return null;
    }, cancellation);

    private Task<Result> ExchangeAsync(Uri legacy, CancellationToken cancellation) =>
        BoundedAsync("identity", bounded => identity.Exchange!.ProbeAsync(legacy, bounded), cancellation);

    private static async Task<Result> BoundedAsync(string checker, Func<CancellationToken, Task<string?>> check, CancellationToken cancellation)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(Longest);
        try
        {
            var problem = await check(deadline.Token);
            return new Result(checker, problem ?? "answers", problem is null);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new Result(checker, $"no answer within {Longest.TotalSeconds:0} s", false);
        }
        catch (SocketException cause)
        {
            return new Result(checker, cause.Message, false);
        }
    }
}
