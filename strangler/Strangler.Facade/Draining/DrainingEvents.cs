using System.Net;

namespace Strangler.Facade;

/// <summary>
/// A stream of events from an owner, which ends as if the owner had ended it when its exchange must end. The browser then connects again by itself, and
/// says by Last-Event-ID where it stood.
/// </summary>
internal sealed class DrainingEvents(HttpContent events, OpenExchange exchange, OpenExchanges exchanges) : HttpContent
{
    protected override async Task<Stream> CreateContentReadStreamAsync() => new Reader(await events.ReadAsStreamAsync(), exchange, exchanges);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => throw new NotSupportedException("Events are read, never collected.");

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            events.Dispose();
            exchanges.Close(exchange);
        }

        base.Dispose(disposing);
    }

    private sealed class Reader(Stream owner, OpenExchange exchange, OpenExchanges exchanges) : OneWayStream
    {
        private readonly CancellationToken ending = exchange.Ending;

        public override bool CanRead => true;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (ending.IsCancellationRequested) return 0;
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, ending);
            try
            {
                return await owner.ReadAsync(buffer, either.Token);
            }
            catch (OperationCanceledException) when (ending.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                return 0;
            }
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                owner.Dispose();
                exchanges.Close(exchange);
            }

            base.Dispose(disposing);
        }
    }
}
