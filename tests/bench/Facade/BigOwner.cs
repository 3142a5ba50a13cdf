using System.Net.WebSockets;

namespace Strangler.Bench.Facade;

/// <summary>An owner of what is large or stays open: bodies of any length in both directions, and WebSockets that echo.</summary>
internal static class BigOwner
{
    public const string Mode = "big-owner";
    private const int Piece = 64 * 1024;

    public static Task RunAsync(string listen)
    {
        var builder = WebApplication.CreateSlimBuilder(["--urls", listen, "--Logging:LogLevel:Default", "Warning"]);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = null);
        var app = builder.Build();
        app.UseWebSockets();
        app.MapGet("/area-5/page", () => Contestants.Body);
        app.MapGet("/area-5/down/{bytes:long}", SendAsync);
        app.MapPost("/area-5/up", CountAsync);
        app.MapGet("/area-5/socket", EchoAsync);
        return app.RunAsync();
    }

    private static async Task SendAsync(HttpContext context, long bytes)
    {
        context.Response.ContentLength = bytes;
        var piece = new byte[Piece];
        for (var left = bytes; left > 0; left -= Piece) await context.Response.Body.WriteAsync(piece.AsMemory(0, (int)Math.Min(left, Piece)), context.RequestAborted);
    }

    private static async Task CountAsync(HttpContext context)
    {
        var piece = new byte[Piece];
        long bytes = 0;
        int read;
        while ((read = await context.Request.Body.ReadAsync(piece, context.RequestAborted)) > 0) bytes += read;
        await context.Response.WriteAsync($"{bytes}", context.RequestAborted);
    }

    private static async Task EchoAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var piece = new byte[128];
        while (await socket.ReceiveAsync(piece, context.RequestAborted) is { MessageType: not WebSocketMessageType.Close } message)
        {
            await socket.SendAsync(piece.AsMemory(0, message.Count), message.MessageType, message.EndOfMessage, context.RequestAborted);
        }

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, context.RequestAborted);
    }
}
