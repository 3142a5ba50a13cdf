using System.Diagnostics;

namespace Strangler.Facade.Tests;

/// <summary>The clinic's facade as a process of its own, so that its memory is nobody else's.</summary>
internal sealed class FacadeProcess : IAsyncDisposable
{
    private const string Listening = "Now listening on: ";
    private readonly Process _process;
    private readonly DirectoryInfo _folder;

    private FacadeProcess(Process process, DirectoryInfo folder, Uri address) => (_process, _folder, Public) = (process, folder, address);

    public Uri Public { get; }

    /// <summary>What of its memory is in the machine's, in bytes.</summary>
    public long Resident
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
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
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Delete(recursive: true);
    }
}
