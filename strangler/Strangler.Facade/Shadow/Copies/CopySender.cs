using System.Buffers;

namespace Strangler.Facade;

/// <summary>What came of sending a copy: an answer, or why there is none.</summary>
/// <param name="Answer">The whole answer; null when there is none.</param>
/// <param name="Failure">Why there is none; null for a timeout.</param>
/// <param name="Bytes">Bytes of body received.</param>
internal sealed record SentCopy(OwnerAnswer? Answer, Failure? Failure, long Bytes)
{
    public bool TimedOut => Answer is null && Failure is null;

    /// <summary>Whether the service should be left alone for a while when this goes on.</summary>
    public bool IsTrouble => TimedOut || Failure == Facade.Failure.Unreachable;
}

/// <summary>Sends a copy once and reads the answer as far as it may be kept, within the time that a copy may take.</summary>
internal sealed class CopySender(FacadeOptions options, ShadowMemory memory, TimeProvider clock) : IDisposable
{
    // For legacy's second answers: a pool of its own, and one connection of it.
    private readonly HttpMessageInvoker legacy = ShadowLane.NewClient(options.Shadow.Timeout, 1);
    private readonly HttpMessageInvoker counter = ShadowLane.NewClient(options.Shadow.Timeout, 1);
    private readonly SemaphoreSlim asking = new(1);

    /// <summary>Asks legacy, when it is our turn: it never has more than one question of ours, and no more wait than there are workers.</summary>
    /// <exception cref="OperationCanceledException">The facade stops.</exception>
    public SentCopy AskLegacy(HttpRequestMessage request, CancellationToken stopping)
    {
        asking.Wait(stopping);
        try
        {
            return Send(legacy, request, stopping);
        }
        finally
        {
            asking.Release();
        }
    }

    /// <summary>The number that moves with legacy's rows; null when nobody says it.</summary>
    /// <exception cref="OperationCanceledException">The facade stops.</exception>
    public decimal? Count(ChangeCounter counter, CancellationToken stopping)
    {
        using var question = new HttpRequestMessage(HttpMethod.Get, counter.Url);
        return Send(this.counter, question, stopping).Answer is { Status: 200 } answer ? Signals.NumberOf(answer.Body, counter.Value) : null;
    }

    public void Dispose()
    {
        counter.Dispose();
        legacy.Dispose();
        asking.Dispose();
    }

    /// <remarks>Blocks its thread: see <see cref="GivingWay"/>.</remarks>
    /// <exception cref="OperationCanceledException">The facade stops.</exception>
    public SentCopy Send(HttpMessageInvoker client, HttpRequestMessage request, CancellationToken stopping)
    {
        using var deadline = new CancellationTokenSource(options.Shadow.Timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, deadline.Token);
        using var kept = new HeldBytes(memory, options.Shadow.MaxBodyBytes);
        var received = 0L;
        try
        {
            SentOnce.Begin();
            using var response = client.Send(request, either.Token);
            // A blocking read knows no cancellation; it ends with its connection.
            using var end = either.Token.Register(response.Dispose);
            using var body = response.Content.ReadAsStream(either.Token);
            var chunk = ArrayPool<byte>.Shared.Rent(16 * 1024);
            try
            {
                int read;
                while ((read = body.Read(chunk)) > 0)
                {
                    received += read;
                    kept.Keep(chunk.AsSpan(0, read));
                    if (kept.TooLarge) return new(null, Failure.TooLarge, received);
                    if (kept.NoMemory) return new(null, Failure.MemoryFull, received);
                }
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(chunk);
            }

            // The connection's end at the deadline looks like the body's to some framings.
            either.Token.ThrowIfCancellationRequested();
            return new(new OwnerAnswer((int)response.StatusCode, HeadersOf(response), kept.ToArray()), null, received);
        }
        catch (Exception cause) when (cause is HttpRequestException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            stopping.ThrowIfCancellationRequested();
            return new(null, either.IsCancellationRequested ? null : Failure.Unreachable, received);
        }
    }

    private static List<KeyValuePair<string, string>> HeadersOf(HttpResponseMessage response)
    {
        var headers = new List<KeyValuePair<string, string>>();
        foreach (var header in response.Headers.NonValidated) headers.AddRange(header.Value.Select(value => KeyValuePair.Create(header.Key, value)));
        foreach (var header in response.Content.Headers.NonValidated) headers.AddRange(header.Value.Select(value => KeyValuePair.Create(header.Key, value)));
        return headers;
    }
}
