using Beyla.Ebpf;
using Beyla.Host.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Beyla.Host.Commands;

/// <summary><c>beyla run</c>: the agent, until it is told to stop.</summary>
internal sealed class RunCommand(IServiceProvider services, ILogger<RunCommand> log) : ICommandBody<RunArguments>
{
    public async Task<int> RunAsync(BeylaOptions options, RunArguments arguments, CancellationToken stop)
    {
        try
        {
            // Before the agent, whose plugins are loaded meanwhile.
            services.GetRequiredService<KernelBasis>();
            using Agent agent = services.GetRequiredService<Agent>();
            await agent.RunAsync(stop).ConfigureAwait(false);
            return 0;
        }
        catch (BpfException e)
        {
            log.LogError("{Reason}", e.Message);
            return 1;
        }
    }
}
