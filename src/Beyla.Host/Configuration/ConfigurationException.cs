namespace Beyla.Host.Configuration;

/// <summary>A configuration with which nothing starts, found after its first reading: the tracers' own settings.</summary>
internal sealed class ConfigurationException(IReadOnlyList<string> errors) : Exception(string.Join('\n', errors))
{
    /// <summary>One sentence a mistake, each with its place.</summary>
    public IReadOnlyList<string> Errors { get; } = errors;
}
