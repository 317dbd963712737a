namespace Beyla.Plugins.NetHttp;

/// <summary>The errors that tell why a round trip failed, and where those that wrap others keep them. Each is a luxury.</summary>
internal static class ClientErrors
{
    private static readonly (string Concrete, string Slot)[] Errors =
    [
        ("context.deadlineExceededError", "itab_deadline_exceeded"),
        ("*net/http.timeoutError", "itab_http_timeout"),
        ("*net/http.httpError", "itab_http_timeout"), // up to Go 1.19
        ("net/http.tlsHandshakeTimeoutError", "itab_tls_timeout"),
        ("*net.timeoutError", "itab_net_timeout"),
        ("*internal/poll.DeadlineExceededError", "itab_poll_timeout"),
        ("*net.DNSError", "itab_dns_error"),
        ("syscall.Errno", "itab_errno"),
        ("*errors.errorString", "itab_error_string"),
        ("*net.OpError", "itab_op_error"),
        ("*os.SyscallError", "itab_syscall_error"),
        ("*fmt.wrapError", "itab_wrap_error"),
        ("net/http.nothingWrittenError", "itab_nothing_written"),
        ("net/http.transportReadFromServerError", "itab_read_from_server"),
    ];

    public static IEnumerable<GoItab> Itabs(ProbeGroup client) => Errors.Select(e => client.Itab(e.Concrete, "error", e.Slot, FailureMode.Ignore));

    public static IEnumerable<GoField> Fields(ProbeGroup client) =>
    [
        client.Field("net", "OpError", "Err", "op_error_err", FailureMode.Ignore),
        client.Field("os", "SyscallError", "Err", "syscall_error_err", FailureMode.Ignore),
        client.Field("fmt", "wrapError", "err", "wrap_error_err", FailureMode.Ignore),
    ];
}
