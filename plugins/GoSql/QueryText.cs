namespace Beyla.Plugins.GoSql;

/// <summary>The setting <c>query_text</c>.</summary>
internal enum QueryText
{
    /// <summary>With <c>?</c> in the place of each value.</summary>
    Sanitized,

    /// <summary>As the program wrote it, values included.</summary>
    Raw,

    /// <summary>Not at all.</summary>
    Off,
}
