using Beyla.Host.Attachment;

namespace Beyla.Host.Identity;

/// <summary>Who a process is, as far as its surroundings tell.</summary>
/// <param name="Attributes">
/// Resource attributes by name, those that the process was given itself (OTEL_RESOURCE_ATTRIBUTES) before what was found out. <c>service.name</c>
/// and <c>service.namespace</c> are among them where something other than its executable names it.
/// </param>
/// <param name="Environment">The variables it was started with.</param>
internal sealed record ProcessIdentity(IReadOnlyDictionary<string, string> Attributes, ProcessEnvironment Environment)
{
    /// <summary>Nothing is known.</summary>
    public static ProcessIdentity Unknown { get; } = new(new Dictionary<string, string>(), ProcessEnvironment.Empty);

    /// <summary>service.name, if something names it.</summary>
    public string? ServiceName => Attributes.GetValueOrDefault("service.name");

    /// <summary>service.namespace, if something names it.</summary>
    public string? ServiceNamespace => Attributes.GetValueOrDefault("service.namespace");

    /// <summary>
    /// The attributes beside those that the agent sets itself, and what the executable adds: each name once.
    /// </summary>
    public IReadOnlyList<(string Key, string Value)> ResourceOf(Inspection inspection) =>
        [.. Attributes.Where(a => !IsTheAgents(a.Key)).Select(a => (a.Key, a.Value)).Concat(ProcessRuntime.Of(inspection)).DistinctBy(a => a.Key)];

    private static bool IsTheAgents(string key) =>
        key is "service.name" or "service.namespace" or "process.pid" or "process.executable.name" or "process.executable.path" || key.StartsWith("telemetry.", StringComparison.Ordinal);
}
