using System.Security.Cryptography;
using Strangler.Facade;

namespace Strangler.Cli.Flipping;

/// <summary>The file itself: read whole, replaced whole.</summary>
/// <param name="path">The real file; a link would be replaced by the write, not followed.</param>
internal sealed class RoutesText(string path)
{
    public string Path => path;

    /// <summary>Finds the file behind a name that may be a link.</summary>
    /// <exception cref="CommandFailedException">There is no such file here.</exception>
    public static RoutesText Find(string name, string cure)
    {
        try
        {
            var file = new FileInfo(name);
            if (!file.Exists) throw new CommandFailedException(ExitCode.Failed, $"There is no file '{file.FullName}'. {cure}");
            return new(file.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? file.FullName);
        }
        catch (IOException cause)
        {
            throw Unusable(name, cause);
        }
    }

    public static string HashOf(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    /// <exception cref="CommandFailedException">It cannot be read.</exception>
    public byte[] Read()
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw Unusable(path, cause);
        }
    }

    /// <summary>Puts new content in place of the expected one, whole.</summary>
    /// <returns>False when the file no longer holds what was expected; nothing was written then.</returns>
    /// <exception cref="CommandFailedException">It cannot be written.</exception>
    public bool Replace(byte[] expected, byte[] content)
    {
        try
        {
            return RoutesFileReplacement.TryReplace(path, expected, content);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw Unusable(path, cause);
        }
    }

    private static CommandFailedException Unusable(string file, Exception cause) => new(ExitCode.Failed, $"'{file}' cannot be used: {cause.Message}");
}
