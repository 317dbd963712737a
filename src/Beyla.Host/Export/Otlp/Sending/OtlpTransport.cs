using System.IO.Compression;
using System.Net;
using System.Runtime.CompilerServices;
using Beyla.Host.Configuration;

namespace Beyla.Host.Export.Otlp.Sending;

/// <summary>Sends requests by one of OTLP's protocols over HTTP.</summary>
internal abstract class OtlpTransport : IDisposable
{
    /// <summary>More of an answer than this is not read; a status and a sentence are all that we want.</summary>
    private const int LongestAnswer = 64 * 1024;

    private readonly HttpMessageInvoker _http;
    private readonly OtlpOptions _options;
    private readonly TimeProvider _time;
    private readonly MemoryStream _body = new();

    private protected OtlpTransport(OtlpSignal signal, OtlpEndpoint endpoint, OtlpOptions options, TimeProvider time)
    {
        (Signal, Endpoint, _options, _time) = (signal, endpoint, options, time);
        _http = OtlpHttp.Create(options);
    }

    /// <summary>What is sent.</summary>
    public OtlpSignal Signal { get; }

    /// <summary>Where it goes.</summary>
    public OtlpEndpoint Endpoint { get; }

    protected bool Gzip => _options.Compression == OtlpCompression.Gzip;

    protected TimeSpan Timeout => _options.Timeout;

    protected TimeProvider Time => _time;

    /// <summary>Makes the transport of the endpoint's protocol. Nothing is connected yet.</summary>
    /// <exception cref="InvalidOperationException">A certificate cannot be read.</exception>
    public static OtlpTransport Create(OtlpSignal signal, OtlpEndpoint endpoint, OtlpOptions options, TimeProvider time) =>
        endpoint.Protocol == OtlpProtocol.Grpc
            ? new GrpcTransport(signal, endpoint, options, time)
            : new HttpTransport(signal, endpoint, options, time);

    /// <summary>Makes one attempt. Failures of network and server are outcomes.</summary>
    /// <param name="request">The encoded export request.</param>
    /// <param name="stop">Gives the attempt up.</param>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> was set.</exception>
    public async Task<ExportOutcome> SendAsync(ReadOnlyMemory<byte> request, CancellationToken stop)
    {
        using CancellationTokenSource late = new(Timeout, _time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stop);
        try
        {
            _body.SetLength(0);
            WriteBody(request.Span, _body);
            using HttpRequestMessage message = new(HttpMethod.Post, RequestUri)
            {
                Content = new ReadOnlyMemoryContent(_body.GetBuffer().AsMemory(0, (int)_body.Length)),
            };
            foreach ((string name, string value) in _options.Headers) message.Headers.TryAddWithoutValidation(name, value);
            message.Headers.TryAddWithoutValidation("User-Agent", OtlpHttp.UserAgent);
            Prepare(message);
            using HttpResponseMessage answer = await _http.SendAsync(message, either.Token).ConfigureAwait(false);
            return await ReadAsync(answer, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return ExportOutcome.Retry(string.Create(null, $"no answer within {Timeout.TotalSeconds:0.###} s"));
        }
        // Whether it arrived is not known; OTLP wants it to be sent again.
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return ExportOutcome.Retry(Sentence(e));
        }
    }

    public void Dispose()
    {
        _http.Dispose();
        _body.Dispose();
    }

    /// <summary>Where the request is sent.</summary>
    protected abstract Uri RequestUri { get; }

    /// <summary>Writes the body of the HTTP request.</summary>
    protected abstract void WriteBody(ReadOnlySpan<byte> request, MemoryStream body);

    /// <summary>Sets the headers that the protocol wants.</summary>
    protected abstract void Prepare(HttpRequestMessage message);

    /// <summary>Understands the answer.</summary>
    protected abstract Task<ExportOutcome> ReadAsync(HttpResponseMessage answer, CancellationToken stop);

    /// <summary>Writes bytes, compressed when that is wanted.</summary>
    protected void Compress(ReadOnlySpan<byte> bytes, MemoryStream to)
    {
        if (!Gzip)
        {
            to.Write(bytes);
            return;
        }
        WriteGzip(bytes, to);
    }

    /// <summary>Apart, so that its assembly is loaded only where it is wanted.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void WriteGzip(ReadOnlySpan<byte> bytes, MemoryStream to)
    {
        using GZipStream gzip = new(to, CompressionLevel.Fastest, leaveOpen: true);
        gzip.Write(bytes);
    }

    /// <summary>Reads the body of an answer, cut at a length that no honest answer has.</summary>
    protected static async Task<byte[]> ReadBodyAsync(HttpResponseMessage answer, CancellationToken stop)
    {
        using Stream stream = await answer.Content.ReadAsStreamAsync(stop).ConfigureAwait(false);
        byte[] buffer = new byte[4096];
        int length = 0;
        while (length < LongestAnswer)
        {
            if (length == buffer.Length) Array.Resize(ref buffer, 2 * length);
            int read = await stream.ReadAsync(buffer.AsMemory(length), stop).ConfigureAwait(false);
            if (read == 0) break;
            length += read;
        }
        return buffer[..length];
    }

    /// <summary>The pause that a Retry-After header asks for (RFC 9110, 10.2.3: seconds or a date).</summary>
    protected TimeSpan? RetryAfter(HttpResponseMessage answer) => answer.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - _time.GetUtcNow(),
        _ => null,
    };

    /// <summary>The innermost reason is the one that a reader understands: "Connection refused".</summary>
    private static string Sentence(Exception e)
    {
        while (e.InnerException is { } inner) e = inner;
        return e.Message.TrimEnd('.').ReplaceLineEndings(" ");
    }

    /// <summary>A status code with its name: <c>503 Service Unavailable</c>.</summary>
    protected static string Text(HttpStatusCode status, string? phrase) => string.Create(null, $"HTTP {(int)status} {phrase}").TrimEnd();
}
