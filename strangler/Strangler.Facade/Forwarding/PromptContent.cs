using System.Net;

namespace Strangler.Facade;

/// <summary>
/// A body whose parts go to the owner when they come: System.Net.Http keeps back up to 4 KB until more has come, or the end. Costs a write to the
/// socket only where something would have been kept back.
/// </summary>
internal sealed class PromptContent : HttpContent
{
    private readonly HttpContent body;

    public PromptContent(HttpContent body)
    {
        this.body = body;
        foreach (var header in body.Headers.NonValidated) Headers.TryAddWithoutValidation(header.Key, header.Value);
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        body.CopyToAsync(new Prompt(stream), context, cancellationToken);

    protected override bool TryComputeLength(out long length)
    {
        length = body.Headers.ContentLength ?? 0;
        return body.Headers.ContentLength is not null;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) body.Dispose();
        base.Dispose(disposing);
    }

    private sealed class Prompt(Stream owner) : OneWayStream
    {
        public override bool CanWrite => true;

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await owner.WriteAsync(buffer, cancellationToken);
            await owner.FlushAsync(cancellationToken);
        }

        public override Task FlushAsync(CancellationToken cancellationToken) => owner.FlushAsync(cancellationToken);
    }
}
