using Beyla.Host.Configuration;
using Beyla.Host.Plugins;
using Beyla.Host.Plugins.Packages;
using Beyla.Host.Plugins.Trust;

namespace Beyla.Host.Commands.Plugins;

/// <summary><c>beyla plugin …</c>: finds who does it, and turns what goes wrong into a sentence.</summary>
internal sealed class PluginCommand(PluginHostServices host, TextWriter output, TextWriter error) : ICommandBody<PluginArguments>
{
    public Task<int> RunAsync(BeylaOptions options, PluginArguments arguments, CancellationToken stop)
    {
        try
        {
            return Task.FromResult(Run(options, arguments));
        }
        catch (Exception e) when (e is PluginException or IOException or UnauthorizedAccessException or FormatException)
        {
            error.WriteLine($"beyla plugin {arguments.GetType().Name.ToLowerInvariant()}: {e.Message}");
            return Task.FromResult(ExitCode.Failed);
        }
    }

    private int Run(BeylaOptions options, PluginArguments arguments)
    {
        PluginStore store = new(options.PluginsPath is [var first, ..] ? first : PluginSearchPath.Default, new PluginPolicy(options.Plugins));
        switch (arguments)
        {
            case PluginArguments.New made:
                foreach (string line in PluginTemplate.Write(made.Name, made.Kind, made.Feed)) output.WriteLine(line);
                return ExitCode.Ok;
            case PluginArguments.Check check:
                return new PluginCheck(options, host, output).Run(PluginProject.BuiltFolder(check.Folder), check.Executable);
            case PluginArguments.Verify verify:
                return new PluginVerification(options, host, output).Run(PluginProject.BuiltFolder(verify.Folder));
            case PluginArguments.Replay replay:
                return new PluginReplay(options, host, output).Print(PluginProject.BuiltFolder(replay.Folder), replay.Recording);
            case PluginArguments.Test test:
                return new PluginReplay(options, host, output).Compare(
                    PluginProject.BuiltFolder(test.Folder), test.Recordings ?? Path.Combine(test.Folder, "recordings"));
            case PluginArguments.Pack pack:
                output.WriteLine(PluginArchive.Pack(PluginProject.BuiltFolder(pack.Folder), pack.File, pack.Key));
                return ExitCode.Ok;
            case PluginArguments.Install install:
                output.WriteLine(store.Install(install.Source));
                return ExitCode.Ok;
            case PluginArguments.Remove remove:
                output.WriteLine(store.Remove(remove.Id));
                return ExitCode.Ok;
            case PluginArguments.List:
                output.WriteLine(store.List());
                return ExitCode.Ok;
            default:
                throw new ArgumentException($"{arguments} is no command.", nameof(arguments));
        }
    }
}
