using BenchmarkDotNet.Attributes;
using Beyla.Host.Spans.Routes;
using Beyla.HttpWire;
using Beyla.Plugins.GoSql;

namespace Micro;

/// <summary>Texts that are read for each span.</summary>
[MemoryDiagnoser]
public class ParsingBenchmarks
{
    private static readonly byte[] Head =
        "GET /shops/17/orders/4711?page=2 HTTP/1.1\r\nHost: shop.example:8080\r\nUser-Agent: curl/8.5.0\r\nAccept: */*\r\ntraceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n\r\n"u8.ToArray();

    private static readonly byte[] Query =
        "SELECT o.id, o.total FROM orders o JOIN customers c ON c.id = o.customer WHERE c.name = 'O''Brien' AND o.total > 12.50 ORDER BY o.id LIMIT 10"u8.ToArray();

    private static readonly byte[] Path = "/shops/17/orders/4711/items"u8.ToArray();

    private readonly SqlText _sql = new();
    private readonly RoutePatterns _patterns = new(["/shops/:shop", "/shops/:shop/orders", "/shops/:shop/orders/:order", "/shops/:shop/orders/:order/items", "/static/*"]);
    private readonly byte[] _route = new byte[RouteGuess.MaxLength];

    [Benchmark]
    public int HttpRequestHead() => RequestHead.TryParse(Head, out RequestHead head) ? head.Length : -1;

    [Benchmark]
    public int SqlSanitizeAndSummarize()
    {
        _sql.Read(Query, SqlDialect.PostgreSql);
        return _sql.Sanitized.Length;
    }

    [Benchmark]
    public int RoutePattern() => _patterns.Find(Path).Length;

    [Benchmark]
    public int RouteHeuristic() => RouteGuess.Write(Path, "*"u8, _route);
}
