using Beyla.Host.Configuration;

namespace Beyla.Host.Commands;

/// <summary>What a command does, once its flags and the configuration are read. Registered in <see cref="CompositionRoot"/>.</summary>
internal interface ICommandBody<TArguments>
{
    /// <summary>Does it.</summary>
    /// <param name="options">The merged configuration.</param>
    /// <param name="arguments">The command's own arguments.</param>
    /// <param name="stop">Cancelled by SIGTERM or SIGINT.</param>
    /// <returns>An <see cref="ExitCode"/>.</returns>
    Task<int> RunAsync(BeylaOptions options, TArguments arguments, CancellationToken stop);
}

/// <summary><c>beyla run</c>: everything it needs is in the configuration.</summary>
internal sealed record RunArguments;

/// <summary><c>beyla inspect TARGET</c></summary>
/// <param name="Target">Path of an executable, or a process id.</param>
/// <param name="Json">Print JSON, with all details.</param>
/// <param name="Probes">Print the details of every tracer.</param>
/// <param name="Tracer">Only this tracer, with its details; null: all.</param>
internal sealed record InspectArguments(string Target, bool Json, bool Probes = false, string? Tracer = null);

/// <summary><c>beyla plugins</c></summary>
/// <param name="Json">Print JSON.</param>
internal sealed record PluginsArguments(bool Json);
