namespace Beyla.Host.Configuration;

/// <summary><c>[http]</c>: what of URLs leaves the agent.</summary>
internal sealed record RedactionOptions
{
    /// <summary>What happens to queries of URLs.</summary>
    public QueryHandling Query { get; init; } = QueryHandling.Drop;

    /// <summary>
    /// Parameters whose values are secrets. The first seven are those of the semantic conventions (url.query) and of signed URLs, the rest are the
    /// usual names of tokens and passwords.
    /// </summary>
    public IReadOnlyList<string> SensitiveQueryParameters { get; init; } =
    [
        "AWSAccessKeyId", "Signature", "sig", "X-Goog-Signature", "X-Amz-Signature", "X-Amz-Credential", "X-Amz-Security-Token",
        "token", "access_token", "refresh_token", "id_token", "api_key", "apikey", "key", "code", "secret", "client_secret", "password", "passwd", "session",
    ];
}

/// <summary>What happens to queries of URLs.</summary>
internal enum QueryHandling
{
    /// <summary>They do not leave the agent.</summary>
    Drop,

    /// <summary>Values of sensitive parameters are replaced.</summary>
    Redact,

    /// <summary>They stay as they are.</summary>
    Keep,
}
