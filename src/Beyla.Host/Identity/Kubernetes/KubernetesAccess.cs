using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Beyla.Host.Identity.Kubernetes;

/// <summary>Where the API server is, whom it is believed to be, and who we are to it.</summary>
internal sealed class KubernetesAccess
{
    /// <summary>Its address, with a slash at the end.</summary>
    public required Uri Server { get; init; }

    /// <summary>Certificates of the authorities that it may be certified by, PEM; null: those of the machine.</summary>
    public string? Authorities { get; init; }

    /// <summary>Whether its certificate is not looked at (insecure-skip-tls-verify).</summary>
    public bool SkipVerify { get; init; }

    /// <summary>Our token.</summary>
    public string? Token { get; init; }

    /// <summary>A file with our token, which the kubelet renews; read for each request.</summary>
    public string? TokenFile { get; init; }

    /// <summary>Our certificate and its key, PEM.</summary>
    public (string Certificate, string Key)? Identity { get; init; }

    /// <summary>The token of this moment; null: we have none.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public string? ReadToken() => TokenFile is { } file ? File.ReadAllText(file).Trim() : Token;

    /// <summary>Makes a client.</summary>
    /// <exception cref="System.Security.Cryptography.CryptographicException">A certificate is not valid.</exception>
    public HttpMessageInvoker CreateClient()
    {
        SocketsHttpHandler handler = new() { AllowAutoRedirect = false, UseCookies = false, UseProxy = false, ActivityHeadersPropagator = null, ConnectTimeout = TimeSpan.FromSeconds(10) };
#pragma warning disable CA5359 // That is what insecure-skip-tls-verify asks for.
        if (SkipVerify) handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
        if (Authorities is { } authorities)
        {
            X509ChainPolicy policy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.ImportFromPem(authorities);
            handler.SslOptions.CertificateChainPolicy = policy;
        }
        if (Identity is (var certificate, var key)) handler.SslOptions.ClientCertificates = [X509Certificate2.CreateFromPem(certificate, key)];
        return new HttpMessageInvoker(handler);
    }
}
