using System.Security.Cryptography;

namespace Strangler.Identity.Tests;

/// <summary>A fresh pair in memory, as PEM texts.</summary>
internal sealed record KeyPair(string Private, string Public)
{
    public static KeyPair Fresh() => On(ECCurve.NamedCurves.nistP256);

    public static KeyPair On(ECCurve curve)
    {
        using var key = ECDsa.Create(curve);
        return new(key.ExportPkcs8PrivateKeyPem(), key.ExportSubjectPublicKeyInfoPem());
    }
}
