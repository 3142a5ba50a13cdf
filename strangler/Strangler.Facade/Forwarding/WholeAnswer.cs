using Microsoft.AspNetCore.Http;

namespace Strangler.Facade;

/// <summary>
/// Says of a request that its answer passed to the end. An owner that speaks HTTP/2 may answer before it has read the request, and then refuses the rest of the body;
/// to YARP that is a failure of the request, to its user it is the answer.
/// </summary>
internal sealed class WholeAnswer
{
    private static readonly WholeAnswer It = new();

    public static void Note(HttpContext context) => context.Features.Set(It);

    public static bool Passed(HttpContext context) => context.Features.Get<WholeAnswer>() is not null;
}
