using Beyla;

namespace GoSql.Tests;

/// <summary>The tracer's one setting.</summary>
internal sealed class QueryTextSetting(string value) : ITracerSettings
{
    public string Text(string key) => key == "query_text" ? value : throw new KeyNotFoundException(key);

    public bool Boolean(string key) => throw new KeyNotFoundException(key);

    public long Integer(string key) => throw new KeyNotFoundException(key);

    public IReadOnlyList<string> Texts(string key) => throw new KeyNotFoundException(key);

    public TimeSpan Duration(string key) => throw new KeyNotFoundException(key);
}
