using Microsoft.AspNetCore.Http.HttpResults;

namespace Strangler.AntiCorruption;

/// <summary>GET /lag: what <see cref="LagReport"/> says.</summary>
internal static class LagEndpoint
{
    public static async Task<JsonHttpResult<LagReport>> Handle(LagReader lag, CancellationToken cancellation) =>
        AntiCorruptionEndpoints.Answer(await lag.ReadAsync(cancellation));
}
