using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Beyla.Plugins.NetHttp;

/// <summary>Who named a route (<c>enum router</c> in <c>bpf/net_http/routes.h</c>).</summary>
internal enum Router : byte
{
    None,
    ServeMux,
    Gin,
    Echo,
    Chi,
    Gorilla,
}

/// <summary>The route of a served request in the words of its router (<c>struct http_route</c> in <c>bpf/net_http/routes.h</c>).</summary>
[BpfStruct("http_route")]
[StructLayout(LayoutKind.Sequential)]
internal struct HttpRoute
{
    /// <summary>0: not known.</summary>
    public byte Length;

    public Router Router;
    public RouteText Text;

    [InlineArray(128)]
    public struct RouteText { private byte _first; }

    /// <summary>
    /// The value of <c>http.route</c>: a path template without method and host. Empty when the router named none, or only repeated the path of a
    /// request that it could not route.
    /// </summary>
    /// <param name="route">The route.</param>
    /// <param name="path">The request's path.</param>
    /// <param name="status">The answer's status.</param>
    /// <param name="buffer">At least as long as the text; the result may lie in it.</param>
    public static ReadOnlySpan<byte> Template(in HttpRoute route, ReadOnlySpan<byte> path, int status, Span<byte> buffer)
    {
        ReadOnlySpan<byte> text = ((ReadOnlySpan<byte>)route.Text)[..Math.Min((int)route.Length, 128)];
        return route.Router switch
        {
            Router.ServeMux => WithoutMethodAndHost(text),
            Router.Chi => Joined(text, buffer),
            // Up to 4.5, echo takes the path for the route until it finds one: its names would have no end.
            Router.Echo when status is 404 or 405 && text.SequenceEqual(path) => default,
            _ => text,
        };
    }

    /// <summary><c>GET example.org/items/{id}</c> → <c>/items/{id}</c> (net/http, "Patterns").</summary>
    private static ReadOnlySpan<byte> WithoutMethodAndHost(ReadOnlySpan<byte> pattern)
    {
        int slash = pattern.IndexOf((byte)'/');
        return slash < 0 ? default : pattern[slash..];
    }

    /// <summary>As chi's <c>Context.RoutePattern</c>: the wildcards between mounted routers go, and a slash at the end.</summary>
    private static ReadOnlySpan<byte> Joined(ReadOnlySpan<byte> patterns, Span<byte> buffer)
    {
        int length = 0;
        for (int i = 0; i < patterns.Length; i++)
        {
            if (patterns[i..].StartsWith("/*/"u8)) i += 2; // the slash is written below
            if (patterns[i] == '/' && patterns[i..].StartsWith("/*/"u8)) { i--; continue; }
            buffer[length++] = patterns[i];
        }
        ReadOnlySpan<byte> joined = buffer[..length];
        while (joined.Length > 1 && joined[^1] == '/') joined = joined[..^1];
        return joined;
    }
}
