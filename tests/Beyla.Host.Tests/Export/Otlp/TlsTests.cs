using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Beyla.Host.Configuration;
using Beyla.Host.Events;
using Beyla.Testing.Otlp;
using EndToEnd.Harness;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Beyla.Host.Tests.Export.Otlp;

/// <summary>Certificates of both sides.</summary>
public sealed class TlsTests : IDisposable
{
    private readonly OtlpOracle? _oracle = OtlpOracle.Missing is null ? new OtlpOracle() : null;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("beyla-otlp-tls-");

    public void Dispose()
    {
        _oracle?.Dispose();
        _folder.Delete(recursive: true);
    }

    [OracleTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Https_AuthorityAndClientCertificateGiven_BothSidesKnowEachOther(bool grpc)
    {
        (X509Certificate2 server, string serverFile) = Certificate("127.0.0.1");
        (X509Certificate2 client, string clientFile) = Certificate("agent");
        string? seen = null;
        await using Collector collector = await Collector.StartAsync(_oracle!, listen => listen.UseHttps(https =>
        {
            https.ServerCertificate = server;
            https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
            https.ClientCertificateValidation = (certificate, _, _) => (seen = certificate.Thumbprint) is not null;
        }));
        Exporting exporting = new(new OtlpOptions
        {
            Endpoint = grpc ? collector.GrpcEndpoint : collector.HttpEndpoint + "/v1/traces",
            Protocol = grpc ? OtlpProtocol.Grpc : OtlpProtocol.HttpProtobuf,
            Certificate = serverFile,
            ClientCertificate = clientFile,
        }, batch: 5);

        exporting.Write(5);
        await Eventually.TrueAsync(() => collector.Spans.Count == 5, Eventually.Soon, () => "nothing arrived");
        exporting.Dispose();
        Assert.Equal(client.Thumbprint, seen);
        Assert.Empty(exporting.Lost);
    }

    [OracleTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Https_UnknownAuthority_IsOnlyTrustedWhenNothingIsChecked(bool skipVerify)
    {
        await using Collector collector = await Collector.StartAsync(_oracle!, listen => listen.UseHttps(Certificate("127.0.0.1").Certificate));
        Exporting exporting = new(
            new OtlpOptions { Endpoint = collector.HttpEndpoint + "/v1/traces", InsecureSkipVerify = skipVerify }, batch: 5, export: TimeSpan.FromMilliseconds(1));

        exporting.Write(5);
        await Eventually.TrueAsync(() => collector.Spans.Count + exporting.Lost.Values.Sum() == 5, Eventually.Soon, () => "the spans are neither here nor there");
        exporting.Dispose();
        Assert.Equal(skipVerify ? 0 : 5, exporting.Lost.GetValueOrDefault(LossReason.Unavailable));
    }

    [Fact]
    public void Certificate_MissingFile_IsOneSentence()
    {
        InvalidOperationException e = Assert.Throws<InvalidOperationException>(
            () => new Exporting(new OtlpOptions { Endpoint = "https://c", ClientCertificate = "/absent.pem" }));
        Assert.Equal("cannot read the client certificate '/absent.pem' of the OTLP export: the file does not exist; give a file in PEM.", e.Message);
    }

    /// <summary>A certificate that signs itself, also as a PEM file with its key.</summary>
    private (X509Certificate2 Certificate, string File) Certificate(string name)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        if (IPAddress.TryParse(name, out IPAddress? address)) names.AddIpAddress(address);
        else names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        string file = Path.Combine(_folder.FullName, $"{name}.pem");
        File.WriteAllText(file, certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem());
        return (certificate, file);
    }
}
