namespace Strangler.Facade;

/// <summary>Puts new content in place of a routes.json: on the disk, then renamed over the old, so that nobody ever reads half a file. The mode stays.</summary>
public static class RoutesFileReplacement
{
    /// <summary>Replaces the file when it still holds what was expected.</summary>
    /// <param name="file">The file itself; a link would be replaced, not followed.</param>
    /// <param name="expected">What it must hold.</param>
    /// <param name="content">What it is to hold.</param>
    /// <returns>False when it no longer holds what was expected; nothing was written then.</returns>
    /// <exception cref="IOException">It cannot be read or written.</exception>
    /// <exception cref="UnauthorizedAccessException">It cannot be read or written.</exception>
    public static bool TryReplace(string file, ReadOnlySpan<byte> expected, ReadOnlySpan<byte> content)
    {
        var draft = $"{file}.{Guid.NewGuid():n}.tmp";
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using (var stream = new FileStream(draft, options))
            {
                stream.Write(content);
                stream.Flush(flushToDisk: true);
            }

            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(draft, File.GetUnixFileMode(file));
            if (!File.ReadAllBytes(file).AsSpan().SequenceEqual(expected)) return false;
            File.Move(draft, file, overwrite: true);
            return true;
        }
        finally
        {
            File.Delete(draft);
        }
    }
}
