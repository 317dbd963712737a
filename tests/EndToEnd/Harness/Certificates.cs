using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace EndToEnd.Harness;

/// <summary>TLS certificates for servers on 127.0.0.1.</summary>
internal static class Certificates
{
    /// <summary>A certificate of a day, with its key.</summary>
    public static X509Certificate2 SelfSigned()
    {
        CertificateRequest request = new("CN=localhost", ECDsa.Create(ECCurve.NamedCurves.nistP256), HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    /// <summary>Writes a certificate and its key into a folder, as PEM, and returns both paths.</summary>
    public static (string Certificate, string Key) WriteTo(TemporaryFolder folder)
    {
        using X509Certificate2 certificate = SelfSigned();
        using ECDsa key = certificate.GetECDsaPrivateKey()!;
        return (folder.Write("tls.crt", certificate.ExportCertificatePem()), folder.Write("tls.key", key.ExportPkcs8PrivateKeyPem()));
    }
}
