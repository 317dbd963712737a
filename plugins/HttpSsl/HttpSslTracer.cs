namespace Beyla.Plugins.HttpSsl;

/// <summary>
/// Server and client spans of HTTP/1 within TLS, for programs that use OpenSSL or GnuTLS: the plain bytes are those that the library takes and gives,
/// the connection follows from the socket calls around it.
/// </summary>
public sealed class HttpSslTracer : ITracer, IUprobeSet, IKprobeSet
{
    private const string OpenSslLibrary = "libssl.so*", GnuTlsLibrary = "libgnutls.so*";

    /// <summary>The part of .NET that calls OpenSSL.</summary>
    private const string DotNetLibrary = "libSystem.Security.Cryptography.Native.OpenSsl.so";

    private static readonly ProbeGroup s_openSsl = new("openssl");
    private static readonly ProbeGroup s_gnuTls = new("gnutls");
    private static readonly ProbeGroup s_dotNet = new("dotnet");
    private static readonly ProbeGroup s_sockets = new("sockets") { Support = true };

    private readonly Http2Decoder _http2 = new();

    /// <inheritdoc/>
    public string Name => "http-ssl";

    /// <inheritdoc/>
    public BpfObjectSource Bpf { get; } = BpfObjectSource.EmbeddedIn<HttpSslTracer>("http_ssl.bpf.o");

    /// <inheritdoc/>
    public IReadOnlyList<LibraryProbe> LibraryProbes { get; } =
    [
        .. Call(s_openSsl, OpenSslLibrary, "SSL_read", "read_begin"),
        .. Call(s_openSsl, OpenSslLibrary, "SSL_read_ex", "read_ex_begin", FailureMode.Ignore), // from OpenSSL 1.1.1 on
        .. Call(s_openSsl, OpenSslLibrary, "SSL_do_handshake", "handshake_begin", FailureMode.Warn),
        Entry(s_openSsl, OpenSslLibrary, "SSL_write", "write_begin"),
        Entry(s_openSsl, OpenSslLibrary, "SSL_write_ex", "write_begin", FailureMode.Ignore),
        Entry(s_openSsl, OpenSslLibrary, "SSL_shutdown", "shutdown_begin", FailureMode.Warn),
        Entry(s_openSsl, OpenSslLibrary, "SSL_free", "free_begin", FailureMode.Warn),

        .. Call(s_gnuTls, GnuTlsLibrary, "gnutls_record_recv", "read_begin"),
        .. Call(s_gnuTls, GnuTlsLibrary, "gnutls_handshake", "handshake_begin", FailureMode.Warn),
        Entry(s_gnuTls, GnuTlsLibrary, "gnutls_record_send", "record_send_begin"),
        Entry(s_gnuTls, GnuTlsLibrary, "gnutls_bye", "shutdown_begin", FailureMode.Warn),
        Entry(s_gnuTls, GnuTlsLibrary, "gnutls_deinit", "free_begin", FailureMode.Warn),

        Entry(s_dotNet, DotNetLibrary, "CryptoNative_BioWrite", "ciphertext_handed"),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<KernelHook> KernelHooks { get; } =
    [
        new(s_sockets,
        [
            new("socket-tracepoints",
            [
                new(KernelHookKind.TpBtf, "sock_send_length", "socket_sent"),
                new(KernelHookKind.TpBtf, "sock_recv_length", "socket_received"),
            ]),
            new("functions",
            [
                new(KernelHookKind.Fexit, "tcp_sendmsg", "message_sent"),
                new(KernelHookKind.Fexit, "tcp_recvmsg", "message_received"),
            ]),
            new("kprobes",
            [
                new(KernelHookKind.Kprobe, "tcp_sendmsg", "send_begins"),
                new(KernelHookKind.Kprobe, "tcp_recvmsg", "receive_begins"),
                new(KernelHookKind.Kprobe, "release_sock", "socket_released"),
            ]),
        ], FailureMode.Warn), // without it spans have no peers
    ];

    /// <inheritdoc/>
    public IReadOnlyList<GoProbe> GoProbes => [];

    /// <inheritdoc/>
    public IReadOnlyList<GoField> GoFields => [];

    /// <inheritdoc/>
    public IReadOnlyList<GoItab> GoItabs => [];

    /// <inheritdoc/>
    public void Decode(in BpfEvent e, ISpanWriter spans)
    {
        if (e.Header.Kind == HttpExchangeEvent.Kind) ExchangeDecoder.Decode(e, spans);
        else if (e.Header.Kind == Http2PieceEvent.Kind) _http2.Decode(e, spans);
        else spans.Drop("unknown-kind");
    }

    private static LibraryProbe Entry(ProbeGroup group, string library, string symbol, string program, FailureMode failure = FailureMode.Required) =>
        new(group, library, symbol, program, ProbePosition.Entry, failure);

    /// <summary>A function whose result is of interest, or during which the library calls the socket.</summary>
    private static IEnumerable<LibraryProbe> Call(ProbeGroup group, string library, string symbol, string program, FailureMode failure = FailureMode.Required) =>
    [
        Entry(group, library, symbol, program, failure),
        new(group, library, symbol, "call_returned", ProbePosition.Return, failure),
    ];
}
