using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Strangler.Facade;

/// <summary>
/// One JSON file of the state folder by which something goes on over a restart: read at the start, replaced whole when it has changed. A disk that fails costs
/// that memory, nothing else. Used by one thread at a time.
/// </summary>
/// <typeparam name="T">What it holds.</typeparam>
/// <param name="path">The file.</param>
/// <param name="otherwise">What happens without it, for the log, e.g. "every breaker begins closed".</param>
/// <param name="log">Where it is said.</param>
internal sealed partial class KeptFile<T>(string path, string otherwise, ILogger log)
    where T : class
{
    // A file of another version is one that cannot be read, not one that is full of nothing.
    private static readonly JsonSerializerOptions Json = new(AdminJson.Options) { RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true };

    private byte[]? written;

    /// <summary>Whether anything was ever kept.</summary>
    public bool Exists => File.Exists(path);

    /// <summary>What was kept; null when nothing was, or nothing that can be read.</summary>
    public T? Read()
    {
        try
        {
            return Exists ? JsonSerializer.Deserialize<T>(File.ReadAllBytes(path), Json) : null;
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException or JsonException)
        {
            LogUnread(path, otherwise, cause.Message);
            return null;
        }
    }

    /// <summary>Keeps it, unless it is what was written last.</summary>
    public void Write(T value)
    {
        var content = JsonSerializer.SerializeToUtf8Bytes(value, Json);
        if (content.AsSpan().SequenceEqual(written)) return;
        try
        {
            StateFolder.Replace(path, content);
            written = content;
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            LogUnwritten(path, otherwise, cause.Message);
        }
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "{File} cannot be read, so {Otherwise}: {Reason}")]
    private partial void LogUnread(string file, string otherwise, string reason);

    [LoggerMessage(EventId = 2, Level = LogLevel.Warning, Message = "{File} cannot be written; after a restart {Otherwise}: {Reason}")]
    private partial void LogUnwritten(string file, string otherwise, string reason);
}
