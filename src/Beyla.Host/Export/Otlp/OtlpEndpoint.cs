using System.Runtime.CompilerServices;
using Beyla.Host.Configuration;

namespace Beyla.Host.Export.Otlp;

/// <summary>Where a signal goes and how.</summary>
/// <param name="Uri">With http, where the request is posted; with gRPC, the server.</param>
/// <param name="Protocol">The protocol.</param>
internal sealed record OtlpEndpoint(Uri Uri, OtlpProtocol Protocol)
{
    private const int GrpcPort = 4317, HttpPort = 4318; // registered for OTLP

    /// <summary>Understands what the user gave; null when nothing is to be sent.</summary>
    /// <param name="options">The options of the signal.</param>
    /// <param name="path">Path of the signal at a default endpoint: <c>v1/traces</c>.</param>
    public static OtlpEndpoint? Of(OtlpOptions options, string path)
    {
        if (options.Exporter == OtlpExporter.None || (options.Endpoint is null && options.Exporter != OtlpExporter.Otlp)) return null;
        return Resolve(options, path);
    }

    /// <summary>Apart, so that nothing is loaded where nothing is sent.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static OtlpEndpoint Resolve(OtlpOptions options, string path)
    {
        if (options.Endpoint is null)
            return options.Protocol == OtlpProtocol.Grpc
                ? new(new Uri($"http://localhost:{GrpcPort}/"), OtlpProtocol.Grpc)
                : new(new Uri($"http://localhost:{HttpPort}/{path}"), options.Protocol ?? OtlpProtocol.HttpProtobuf);

        Uri given = Parse(options.Endpoint, options.Insecure, out bool bare);
        OtlpProtocol protocol = options.Protocol ?? Guess(given);
        UriBuilder url = new(given);
        if (bare) url.Port = protocol == OtlpProtocol.Grpc ? GrpcPort : HttpPort;
        if (protocol == OtlpProtocol.Grpc) url.Path = ""; // the method is the path
        return new(url.Uri, protocol);
    }

    /// <summary>Reads an endpoint: a URL, or HOST[:PORT][/PATH], for which <paramref name="insecure"/> decides between http and https.</summary>
    /// <param name="text">The endpoint.</param>
    /// <param name="insecure">No TLS where no scheme is given.</param>
    /// <param name="bare">Neither scheme nor port were given.</param>
    /// <exception cref="FormatException">It is no endpoint.</exception>
    public static Uri Parse(string text, bool insecure, out bool bare)
    {
        bool schemeless = !text.Contains("://", StringComparison.Ordinal);
        string url = schemeless ? $"{(insecure ? "http" : "https")}://{text}" : text;
        if (!Uri.TryCreate(url, UriKind.Absolute, out Uri? uri) || uri.Scheme is not ("http" or "https") || uri.Host.Length == 0)
            throw new FormatException($"'{SecretMask.OfUrl(text)}' is no endpoint like http://collector:4318 or collector:4317");
        if (uri.UserInfo.Length > 0) throw new FormatException("an endpoint holds no user or password; give them as a header");
        // 80 and 443 are taken at their word when somebody writes them.
        bare = schemeless && uri.IsDefaultPort && !text.Split('/')[0].EndsWith(string.Create(null, $":{uri.Port}"), StringComparison.Ordinal);
        return uri;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Uri.GetLeftPart(UriPartial.Path)} ({OtlpProtocols.Name(Protocol)})";

    /// <summary>Without a word about the protocol: gRPC has a port of its own, and speaking HTTP/1 to it never works.</summary>
    private static OtlpProtocol Guess(Uri endpoint) => endpoint.Port == GrpcPort ? OtlpProtocol.Grpc : OtlpProtocol.HttpProtobuf;
}
