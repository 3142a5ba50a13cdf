using Strangler.Identity;

namespace Clinic.Combined;

/// <summary>The folder that holds everything the clinic remembers. Locked while it is in use: two processes on one SQLite file would each believe to be alone.</summary>
internal sealed class DataFolder : IDisposable
{
    private readonly string folder;
    private readonly FileStream inUse;

    private DataFolder(string folder, FileStream inUse)
    {
        this.folder = folder;
        this.inUse = inUse;
        IdentityKeys.CreateFiles(PathOf("identity"));
        foreach (var name in (string[])["exchange-key", OperatorToken]) KeepSecret(PathOf(name));
        foreach (var name in (string[])["routes.json", "routes.schema.json"])
        {
            if (!File.Exists(PathOf(name))) File.Copy(Path.Combine(AppContext.BaseDirectory, name), PathOf(name));
        }
    }

    /// <summary>File of the token by which services let operators in.</summary>
    public const string OperatorToken = "operator-token";

    /// <summary>Key of the authentication exchange between facade and legacy.</summary>
    public string ExchangeKey => File.ReadAllText(PathOf("exchange-key")).Trim();

    public string PathOf(params string[] parts) => Path.Combine([folder, .. parts]);

    /// <exception cref="StartException">It cannot be written, or another process uses it.</exception>
    public static DataFolder Open(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            var lockFile = Path.Combine(folder, "in-use");
            if (!File.Exists(lockFile)) File.Create(lockFile).Dispose();
            return new(folder, Lock(lockFile, folder));
        }
        catch (Exception refused) when (refused is UnauthorizedAccessException or IOException)
        {
            throw new StartException($"the data folder '{folder}' cannot be used ({refused.Message.TrimEnd('.')}); choose another with --data", refused);
        }
    }

    public void Dispose() => inUse.Dispose();

    private static void KeepSecret(string file)
    {
        if (File.Exists(file)) return;
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var writer = new StreamWriter(file, options);
        writer.Write(Guid.NewGuid());
    }

    private static FileStream Lock(string lockFile, string folder)
    {
        try
        {
            return File.Open(lockFile, FileMode.Open, FileAccess.Write, FileShare.None);
        }
        catch (IOException taken)
        {
            throw new StartException($"the data folder '{folder}' is in use by another clinic; stop it or choose another with --data", taken);
        }
    }
}
