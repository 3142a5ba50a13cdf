using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Strangler.Faults.Runs;

/// <summary>A disk of a server's own, in memory, that can be full. Linux, as root: it is mounted.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    // More than a scenario needs, so that it is full when it is made so, and no sooner.
    private const int Megabytes = 2_000;

    private readonly string ballast;

    private SmallDisk(string path) => (Path, ballast) = (path, System.IO.Path.Combine(path, "ballast"));

    public string Path { get; }

    /// <param name="path">A folder that is not there yet.</param>
    /// <exception cref="InvalidOperationException">It cannot be mounted; says why.</exception>
    public static async Task<SmallDisk> MountAsync(string path)
    {
        Directory.CreateDirectory(path);
        await RunAsync("mount", "-t", "tmpfs", "-o", string.Create(CultureInfo.InvariantCulture, $"size={Megabytes}m,mode=755"), "tmpfs", path);
        return new(path);
    }

    /// <summary>Leaves not a byte.</summary>
    public void Fill()
    {
        using var file = new FileStream(ballast, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        for (var block = new byte[1 << 20]; ; block = new byte[block.Length / 2])
        {
            try
            {
                while (true) file.Write(block);
            }
            catch (IOException) when (block.Length > 1)
            {
                // A smaller one may fit still.
            }
            catch (IOException)
            {
                return;
            }
        }
    }

    /// <param name="bytes">So many are left, or up to 1 MiB more.</param>
    public void FillAllBut(long bytes)
    {
        using var file = new FileStream(ballast, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        var block = new byte[1 << 20];
        while (new DriveInfo(Path).AvailableFreeSpace >= bytes + block.Length) file.Write(block);
    }

    public void Free() => File.Delete(ballast);

    public async ValueTask DisposeAsync() => await RunAsync("umount", "--lazy", Path);

    private static async Task RunAsync(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            var errors = await process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync();
            if (process.ExitCode != 0) throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {errors.Trim()}");
        }
        catch (Win32Exception missing)
        {
            throw new InvalidOperationException($"{program}: {missing.Message}", missing);
        }
    }
}
