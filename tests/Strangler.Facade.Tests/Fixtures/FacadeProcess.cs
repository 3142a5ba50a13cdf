using System.Diagnostics;

namespace Strangler.Facade.Tests;

/// <summary>The clinic's facade as a process of its own, so that its memory is nobody else's.</summary>
internal sealed class FacadeProcess : IAsyncDisposable
{
    private const string Listening = "Now listening on: ";
    private readonly Process process;
    private readonly DirectoryInfo folder;

    private FacadeProcess(Process process, DirectoryInfo folder, Uri address) => (this.process, this.folder, Public) = (process, folder, address);

    public Uri Public { get; }

    /// <summary>What of its memory is in the machine's, in bytes.</summary>
    public long Resident
    {
        get
        {
            process.Refresh();
            return process.WorkingSet64;
        }
    }

    /// <summary>Starts it and waits until its public listener is open.</summary>
    /// <param name="routes">Its routes.json.</param>
    /// <param name="settings">More of its command line.</param>
    public static async Task<FacadeProcess> StartAsync(byte[] routes, params string[] settings)
    {
        var folder = Directory.CreateTempSubdirectory("facade-");
        var file = Path.Combine(folder.FullName, "routes.json");
        await File.WriteAllBytesAsync(file, routes);
        var start = new ProcessStartInfo(
            "dotnet",
            [Path.Combine(AppContext.BaseDirectory, "Clinic.Facade.dll"), "--urls", "http://127.0.0.1:0", "--Facade:Admin", "http://127.0.0.1:0", "--Facade:Routes", file, .. settings])
        {
            RedirectStandardOutput = true,
        };
        var process = Process.Start(start)!;
        string? admin = null;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.IndexOf(Listening, StringComparison.Ordinal) is not (>= 0 and var at)) continue;
            if (admin is not null) return new FacadeProcess(process, folder, new Uri(line[(at + Listening.Length)..]));
            // The admin endpoints are there before the first user comes.
            admin = line;
        }

        throw new InvalidOperationException("The facade ended before it listened.");
    }

    public async ValueTask DisposeAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        folder.Delete(recursive: true);
    }
}
