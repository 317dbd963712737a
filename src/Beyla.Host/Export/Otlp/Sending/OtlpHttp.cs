using System.Net;
using System.Net.Security;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Beyla.Host.Configuration;

namespace Beyla.Host.Export.Otlp.Sending;

/// <summary>Makes HTTP clients. Only called when there is an endpoint: the HTTP stack costs megabytes, OpenSSL (loaded by the first https connection) more.</summary>
internal static class OtlpHttp
{
    /// <summary>Version of the agent.</summary>
    public static string Version { get; } = typeof(OtlpHttp).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    /// <summary>As the specification wants exporters to name themselves (OTLP exporter, User Agent).</summary>
    public static string UserAgent { get; } = $"OTel-OTLP-Exporter-Beyla/{Version}";

    /// <summary>Makes a client with the TLS settings of the options.</summary>
    /// <exception cref="InvalidOperationException">A certificate cannot be read.</exception>
    public static HttpMessageInvoker Create(OtlpOptions options)
    {
        SocketsHttpHandler handler = new()
        {
            AllowAutoRedirect = false, // headers with credentials stay where they were sent
            UseCookies = false,
            ActivityHeadersPropagator = null,
            ConnectTimeout = options.Timeout,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5), // another address of the name is found then
        };
        if (options.InsecureSkipVerify || options.Certificate is not null || options.ClientCertificate is not null) Secure(handler, options);
        return new HttpMessageInvoker(handler);
    }

    /// <summary>Apart, so that nothing of cryptography is loaded where it is not wanted.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Secure(SocketsHttpHandler handler, OtlpOptions options)
    {
#pragma warning disable CA5359 // That is what insecure_skip_verify asks for.
        if (options.InsecureSkipVerify) handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
        if (options.Certificate is { } authority) handler.SslOptions.CertificateChainPolicy = TrustOnly(authority);
        if (options.ClientCertificate is { } certificate)
            handler.SslOptions.ClientCertificates = [Read("client certificate", certificate, () => Identity(certificate, options.ClientKey ?? certificate))];
    }

    private static X509ChainPolicy TrustOnly(string file)
    {
        X509ChainPolicy policy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        Read("certificate", file, () =>
        {
            policy.CustomTrustStore.ImportFromPemFile(file);
            return policy.CustomTrustStore.Count > 0 ? policy : throw new CryptographicException("it holds no certificate in PEM");
        });
        return policy;
    }

    private static X509Certificate2 Identity(string certificate, string key) => X509Certificate2.CreateFromPemFile(certificate, key);

    private static T Read<T>(string what, string file, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            string reason = e is FileNotFoundException or DirectoryNotFoundException ? "the file does not exist" : e.Message.TrimEnd('.');
            throw new InvalidOperationException($"cannot read the {what} '{file}' of the OTLP export: {reason}; give a file in PEM.", e);
        }
    }
}
