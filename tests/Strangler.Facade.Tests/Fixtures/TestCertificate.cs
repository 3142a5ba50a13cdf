using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Strangler.Facade.Tests;

/// <summary>A certificate for 127.0.0.1 and localhost that nobody trusts, as settings of a facade that listens with TLS.</summary>
internal static class TestCertificate
{
    private const string Password = "test";
    private static readonly Lazy<string> File = new(Create);

    /// <summary>Settings by which the public listener speaks TLS, and so HTTP/2.</summary>
    public static string[] Settings => ["--urls", "https://127.0.0.1:0", "--Kestrel:Certificates:Default:Path", File.Value, "--Kestrel:Certificates:Default:Password", Password];

    /// <summary>Takes this certificate and no other.</summary>
    public static bool IsIt(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) => certificate?.Subject == "CN=localhost";

    private static string Create()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var file = Path.Combine(Directory.CreateTempSubdirectory("facade-tls-").FullName, "test.pfx");
        System.IO.File.WriteAllBytes(file, certificate.Export(X509ContentType.Pfx, Password));
        return file;
    }
}
