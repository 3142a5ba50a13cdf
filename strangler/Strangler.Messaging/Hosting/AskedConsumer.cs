using System.Data.Common;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Strangler.Messaging;

/// <summary>Which of a host's consumers an operator means, and what he is told when that cannot be answered.</summary>
internal static class AskedConsumer
{
    public static IReadOnlyList<string> Names(HttpContext context) =>
        [.. context.RequestServices.GetKeyedServices<ConsumerStatus>(KeyedService.AnyKey).Select(static status => status.Consumer).Order(StringComparer.Ordinal)];

    /// <summary>Asks one part of the consumer; the name may be left out where the host has one.</summary>
    public static async Task<IResult> AskAsync<TPart>(HttpContext context, string? consumer, Func<TPart, Task<IResult>> ask)
        where TPart : class
    {
        var names = Names(context);
        if (consumer is null && names.Count > 1) return Refuse(StatusCodes.Status400BadRequest, $"Which consumer? This host has {string.Join(", ", names)}.");
        if (names.FirstOrDefault(name => consumer is null || name == consumer) is not { } meant) return Unknown(consumer, names);
        return await AskAsync(() => ask(context.RequestServices.GetRequiredKeyedService<TPart>(meant)));
    }

    /// <summary>A store that fails is said; not by its driver's words, which may name users, hosts or values.</summary>
    public static async Task<IResult> AskAsync(Func<Task<IResult>> ask)
    {
        try
        {
            return await ask();
        }
        catch (DbException failure)
        {
            return Refuse(StatusCodes.Status503ServiceUnavailable, $"The consumer's store failed: {MaskedReason.Of(failure)}");
        }
    }

    public static IResult Unknown(string? consumer, IReadOnlyList<string> names) =>
        Refuse(StatusCodes.Status404NotFound, $"This host has no consumer '{consumer}'; it has {string.Join(", ", names)}.");

    public static IResult Refuse(int statusCode, string error) => ConsumersEndpoint.Answer(new Refusal(error), statusCode);

    public static bool IsLine(string? text, int longest) => !string.IsNullOrWhiteSpace(text) && text.Length <= longest && !text.Any(char.IsControl);
}

/// <summary>Why nothing was done.</summary>
internal sealed record Refusal(string Error);
