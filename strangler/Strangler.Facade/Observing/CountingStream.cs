namespace Strangler.Facade;

/// <summary>Counts what is written on its way to the client.</summary>
internal sealed class CountingStream(Stream client) : PassingStream(client)
{
    /// <summary>How many bytes have been written.</summary>
    public long Bytes { get; private set; }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        Bytes += buffer.Length;
        base.Write(buffer);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Bytes += buffer.Length;
        return base.WriteAsync(buffer, cancellationToken);
    }
}
