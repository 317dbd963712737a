namespace Beyla.Plugins.NetHttp;

/// <summary>Flags of both events (<c>HTTP_*</c> in <c>net_http.bpf.c</c>).</summary>
[Flags]
internal enum HttpEventFlags : byte
{
    None = 0,

    /// <summary>The connection is encrypted.</summary>
    Tls = 1,

    /// <summary>The handler wrote a status, or a body and with it the status 200.</summary>
    WroteHeader = 2,

    /// <summary>The handler never returned.</summary>
    Panicked = 4,

    /// <summary>The handler took the connection.</summary>
    Hijacked = 8,

    /// <summary>A round trip without an answer.</summary>
    Failed = 16,

    /// <summary>The path is percent-encoded already.</summary>
    RawPath = 32,

    /// <summary>The stream was closed, by its client or with its connection, before an answer went out.</summary>
    Aborted = 64,
}
