using System.Security.Cryptography;

namespace Strangler.Identity;

/// <summary>The key pair behind the identity: ECDSA on P-256, as PEM files. The private one signs in the facade, the public one verifies in the services.</summary>
public static class IdentityKeys
{
    /// <summary>Name of the file that holds the private key (PKCS #8).</summary>
    public const string PrivateFileName = "identity.private.pem";

    /// <summary>Name of the file that holds the public key (SubjectPublicKeyInfo).</summary>
    public const string PublicFileName = "identity.public.pem";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Readable = OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>
    /// Makes a key pair in <paramref name="folder"/>, or leaves the one that is there: calling it at every start is safe, also from two processes
    /// at once. The private file can be read by its owner alone (mode 600; on Windows the folder's own rights apply).
    /// </summary>
    /// <param name="folder">Made when missing.</param>
    /// <exception cref="IdentityKeyException">A file that is there is no key, or the two do not belong together.</exception>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder cannot be written.</exception>
    public static IdentityKeyFiles CreateFiles(string folder)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        Directory.CreateDirectory(folder);
        var privateFile = Path.GetFullPath(Path.Combine(folder, PrivateFileName));
        var publicFile = Path.GetFullPath(Path.Combine(folder, PublicFileName));

        using var fresh = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var created = WriteIfMissing(privateFile, fresh.ExportPkcs8PrivateKeyPem(), OwnerOnly);

        // The public file follows from the private one on disk, whoever wrote that.
        using var held = OpenPrivate(ReadPrivate(privateFile));
        if (!WriteIfMissing(publicFile, held.ExportSubjectPublicKeyInfoPem(), Readable))
            MustBelongTogether(held, privateFile, publicFile);
        return new(privateFile, publicFile, created);
    }

    /// <summary>Reads the PEM of a private key and proves that it is one.</summary>
    /// <exception cref="IdentityKeyException">The file cannot be read or is no ECDSA P-256 private key.</exception>
    public static string ReadPrivate(string file)
    {
        var pem = Read(file);
        if (!pem.Contains("PRIVATE KEY-----", StringComparison.Ordinal))
            throw new IdentityKeyException($"'{file}' holds no private key. Give the path of {PrivateFileName}, made by `strangler identity-keys DIR`.");
        Prove(file, pem);
        return pem;
    }

    /// <summary>Reads the PEM of a public key and proves that it is one.</summary>
    /// <exception cref="IdentityKeyException">The file cannot be read, is no ECDSA P-256 key, or is the private one, which no service should ever see.</exception>
    public static string ReadPublic(string file)
    {
        var pem = Read(file);
        if (pem.Contains("PRIVATE KEY-----", StringComparison.Ordinal))
            throw new IdentityKeyException($"'{file}' holds the private key, with which anyone can be impersonated. Give the path of {PublicFileName} instead.");
        Prove(file, pem);
        return pem;
    }

    /// <exception cref="CryptographicException">Not a P-256 key.</exception>
    /// <exception cref="ArgumentException">Not a PEM.</exception>
    internal static ECDsa OpenPrivate(string pem) => Open(pem);

    /// <inheritdoc cref="OpenPrivate"/>
    internal static ECDsa OpenPublic(string pem) => Open(pem);

    private static ECDsa Open(string pem)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
            // ES256 is P-256 and nothing else (RFC 7518, 3.4); a longer curve would make signatures that no verifier accepts.
            if (key.ExportParameters(includePrivateParameters: false).Curve.Oid.Value != ECCurve.NamedCurves.nistP256.Oid.Value)
                throw new CryptographicException("The key is not on the curve P-256.");
            return key;
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new IdentityKeyException(
                $"'{file}' cannot be read: {cause.Message.TrimEnd('.')}. Make a key pair with `strangler identity-keys DIR` and give the path of its file.", cause);
        }
    }

    private static void Prove(string file, string pem)
    {
        try
        {
            Open(pem).Dispose();
        }
        catch (Exception cause) when (cause is CryptographicException or ArgumentException)
        {
            throw new IdentityKeyException($"'{file}' is not an ECDSA P-256 key in PEM form. Make a key pair with `strangler identity-keys DIR`.", cause);
        }
    }

    private static bool WriteIfMissing(string file, string pem, UnixFileMode mode)
    {
        if (File.Exists(file)) return false;
        var draft = $"{file}.{Guid.NewGuid():n}.tmp";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = mode;
        try
        {
            using (var writer = new StreamWriter(draft, options)) writer.Write(pem + "\n");
            File.Move(draft, file, overwrite: false);
            return true;
        }
        catch (IOException) when (File.Exists(file))
        {
            return false; // Another process was first: its key counts.
        }
        finally
        {
            File.Delete(draft);
        }
    }

    private static void MustBelongTogether(ECDsa held, string privateFile, string publicFile)
    {
        using var verifying = OpenPublic(ReadPublic(publicFile));
        if (!held.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(verifying.ExportSubjectPublicKeyInfo()))
            throw new IdentityKeyException($"'{publicFile}' does not belong to '{privateFile}'. Delete the public file to have it written again, or both for a new pair.");
    }
}
