using Beyla.Host.Commands.Top;
using Beyla.Host.Control;
using Beyla.Host.Metrics;

namespace Beyla.Host.Tests.Control;

/// <summary>What <c>beyla top</c> shows.</summary>
public class LiveSpansTests
{
    [Theory]
    [InlineData(0.5, 500)]
    [InlineData(0.99, 990)]
    [InlineData(1, 1000)]
    public void Quantile_ThousandValues_IsWithinABucket(double q, double exact)
    {
        ExponentialBuckets buckets = new();
        for (int i = 1; i <= 1000; i++) buckets.Record(i);
        Assert.InRange(LiveView.Quantile(buckets, q), exact, exact * 1.05);
    }

    [Fact]
    public void Quantile_OnlyZeros_IsZero()
    {
        ExponentialBuckets buckets = new();
        buckets.Record(0);
        Assert.Equal(0, LiveView.Quantile(buckets, 0.99));
    }

    [Fact]
    public void Take_Twice_TellsEachSpanOnce()
    {
        using LiveView view = new LiveSpans().Watch();
        view.Add(new LiveKey("shop", SpanKind.Server, "GET /"), 1000, failed: false);
        view.Add(new LiveKey("shop", SpanKind.Server, "GET /"), 1000, failed: true);

        TopRow row = Assert.Single(view.Take());
        Assert.Equal(("shop", "server", "GET /", 2L, 1L), (row.Service, row.Kind, row.Name, row.Count, row.Errors));
        Assert.Empty(view.Take());
    }

    [Theory]
    [InlineData(40)]
    [InlineData(80)]
    [InlineData(200)]
    public void Render_Width_IsNeverExceeded(int width)
    {
        TopRow row = new("a-service-with-a-rather-long-name", "server", "GET /a/route/that/goes/on/and/on/{id}", 1000, 3, 1_500_000, 25_000_000);
        string table = TopTable.Render(new TopReport(2, 1, [row], [new ProbeCost("net-http", 2000, 2_000_000)], 0), width, 20);
        Assert.All(table.Split('\n'), line => Assert.InRange(line.Length, 0, width));
        Assert.DoesNotContain('\e', table);
    }

    [Fact]
    public void Render_FewLines_DropsRowsNotTheHead()
    {
        TopRow[] rows = [.. Enumerable.Range(0, 50).Select(i => new TopRow("s", "server", $"GET /{i}", 50 - i, 0, 1, 1))];
        string[] lines = TopTable.Render(new TopReport(1, 1, rows, [], 0), 80, 10).TrimEnd('\n').Split('\n');
        Assert.Equal(10, lines.Length);
        Assert.StartsWith("SERVICE", lines[1], StringComparison.Ordinal);
    }
}
