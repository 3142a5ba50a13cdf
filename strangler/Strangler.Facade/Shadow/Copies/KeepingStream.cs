namespace Strangler.Facade;

/// <summary>Passes reads and writes on and keeps what passed.</summary>
internal sealed class KeepingStream(Stream inner, HeldBytes kept) : PassingStream(inner)
{
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        base.Write(buffer);
        kept.Keep(buffer);
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        // The user's bytes first; the writer owns the buffer until this returns, so it still holds them afterwards.
        await base.WriteAsync(buffer, cancellationToken);
        kept.Keep(buffer.Span);
    }

    public override int Read(Span<byte> buffer)
    {
        var read = base.Read(buffer);
        Kept(buffer[..read]);
        return read;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await base.ReadAsync(buffer, cancellationToken);
        Kept(buffer.Span[..read]);
        return read;
    }

    private void Kept(ReadOnlySpan<byte> read)
    {
        if (read.IsEmpty) kept.End();
        else kept.Keep(read);
    }
}
