using System.Net;
using Microsoft.AspNetCore.Http;

namespace Strangler.Facade;

/// <summary>
/// An answer without a length, whose head goes to the client when the owner sends it. Without this it would wait for the first byte of the body: a browser would
/// not know that its stream of events is open, and a call of gRPC that waits for the head before it says more would wait for ever.
/// </summary>
/// <param name="body">The owner's body.</param>
/// <param name="response">What the client gets.</param>
/// <param name="keepsChunks">Whether a body without a byte stays one in chunks, as the owner sent it.</param>
internal sealed class PromptAnswer(HttpContent body, HttpResponse response, bool keepsChunks) : HttpContent
{
    /// <summary>Whether an answer may wait for its body: it has one, of whatever length.</summary>
    public static bool IsFor(HttpContext context, HttpResponseMessage answer) =>
        context.Response.ContentLength is null
        && answer.StatusCode is not (HttpStatusCode.NoContent or HttpStatusCode.ResetContent or HttpStatusCode.NotModified or HttpStatusCode.SwitchingProtocols)
        && !HttpMethods.IsHead(context.Request.Method)
        // What becomes a WebSocket has no body.
        && !HttpMethods.IsConnect(context.Request.Method);

    protected override async Task<Stream> CreateContentReadStreamAsync() => new Reader(await body.ReadAsStreamAsync(), response, keepsChunks);

    protected override Task<Stream> CreateContentReadStreamAsync(CancellationToken cancellationToken) => CreateContentReadStreamAsync();

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => throw new NotSupportedException("The body is read, never collected.");

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) body.Dispose();
        base.Dispose(disposing);
    }

    private sealed class Reader(Stream owner, HttpResponse response, bool keepsChunks) : OneWayStream
    {
        private bool begun;

        public override bool CanRead => true;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = owner.ReadAsync(buffer, cancellationToken);
            return begun ? read : BeginAsync(read, buffer.IsEmpty, cancellationToken);
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing) owner.Dispose();
            base.Dispose(disposing);
        }

        /// <summary>Nothing of the body is there yet: the head goes alone. Otherwise head and body go together.</summary>
        private async ValueTask<int> BeginAsync(ValueTask<int> reading, bool asksOnly, CancellationToken cancellation)
        {
            var atOnce = reading.IsCompleted;
            if (!atOnce) await response.Body.FlushAsync(cancellation);
            var read = await reading;
            if (atOnce && read == 0 && !asksOnly && keepsChunks) await response.Body.FlushAsync(cancellation);
            begun = !atOnce || !asksOnly;
            return read;
        }
    }
}
