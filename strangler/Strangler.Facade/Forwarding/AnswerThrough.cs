using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Strangler.Facade;

/// <summary>The response body on its way to the user, through a stream of ours that keeps or counts what passes: every byte goes on as before.</summary>
/// <param name="user">The body as the server gave it.</param>
/// <param name="stream">What is written to instead; it writes to the server's.</param>
internal sealed class AnswerThrough(IHttpResponseBodyFeature user, Stream stream) : IHttpResponseBodyFeature
{
    private PipeWriter? writer;

    public Stream Stream => stream;

    public PipeWriter Writer => writer ??= PipeWriter.Create(stream, new StreamPipeWriterOptions(leaveOpen: true));

    public void DisableBuffering() => user.DisableBuffering();

    public Task StartAsync(CancellationToken cancellationToken = default) => user.StartAsync(cancellationToken);

    public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) =>
        SendFileFallback.SendFileAsync(stream, path, offset, count, cancellationToken);

    public async Task CompleteAsync()
    {
        if (writer is not null) await writer.CompleteAsync();
        await user.CompleteAsync();
    }
}
