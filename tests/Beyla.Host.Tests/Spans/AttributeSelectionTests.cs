using Beyla.Host.Configuration;
using Beyla.Host.Spans.Filters;

namespace Beyla.Host.Tests.Spans;

public sealed class AttributeSelectionTests
{
    private static readonly string[] Defaults = ["http.request.method", "http.route"], All = [.. Defaults, "url.path", "client.address"];

    private static string[] Select(string metric, params MetricSelection[] selections)
    {
        MetricAttributes attributes = new AttributeSelection(selections).For(metric);
        string[] chosen = [.. All.Where(a => attributes.Includes(new AttributeKey(a), Defaults.Contains(a)))];
        Assert.Equal(chosen, All.Where(a => attributes.Includes(new AttributeKey(a), Defaults.Contains(a)))); // remembered answers are the same
        return chosen;
    }

    [Fact]
    public void For_MetricThatNobodyNames_HasTheDefaults()
    {
        Assert.Equal(Defaults, Select("http.server.request.duration", new MetricSelection("db.*", ["*"], [])));
        Assert.True(new AttributeSelection([]).For("x").IsDefault);
    }

    [Fact]
    public void For_Include_ReplacesTheDefaults() => Assert.Equal(["url.path"], Select("http.server.request.duration", new MetricSelection("http_server_request_duration", ["url_path"], [])));

    [Fact]
    public void For_Exclude_TakesAwayFromDefaultsOrInclude()
    {
        Assert.Equal(["http.request.method"], Select("m", new MetricSelection("m", [], ["http.route"])));
        Assert.Equal(["http.request.method", "http.route", "client.address"], Select("m", new MetricSelection("m", ["*"], ["url.*"])));
    }

    [Fact]
    public void For_SeveralSections_TheMoreSpecificOverrides()
    {
        MetricSelection[] selections =
        [
            new("http.server.request.duration", ["http.route"], []),
            new("http.client.*", ["url.path"], []),
            new("http.*", ["*"], ["url.path", "http.route"]),
        ];
        Assert.Equal(["http.request.method", "http.route", "client.address"], Select("http.server.request.duration", selections));
        Assert.Equal(["http.request.method", "url.path", "client.address"], Select("http.client.request.duration", selections));
        Assert.Equal(["http.request.method", "client.address"], Select("http.other", selections));
    }

    [Fact]
    public void Includes_AskedAgain_AllocatesNothing()
    {
        MetricAttributes attributes = new AttributeSelection([new MetricSelection("m", ["http.*"], [])]).For("m");
        Assert.Equal(0, Allocations.InSteadyState(() => attributes.Includes(Attributes.HttpRoute, true)));
    }
}
