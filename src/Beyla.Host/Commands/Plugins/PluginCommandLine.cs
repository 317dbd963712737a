using System.CommandLine;

namespace Beyla.Host.Commands.Plugins;

/// <summary>The commands below <c>beyla plugin</c>, for those who write tracers and those who install them.</summary>
internal sealed class PluginCommandLine
{
    private readonly Argument<string> _name = new("NAME") { Description = "Name of the tracer in PascalCase, like QueueClient." };
    private readonly Argument<string> _folder = new("DIR") { Description = "A plugin's folder, or the folder of its project after a build." };
    private readonly Argument<string> _recording = new("FILE") { Description = "Recorded events." };
    private readonly Argument<string> _source = new("SOURCE") { Description = "A .beyla file, or a plugin's folder." };
    private readonly Argument<string> _id = new("ID") { Description = "Id of an installed plugin." };
    private readonly Option<string> _kind = new("--kind")
    {
        Description = "What is probed: go-function, c-library or kernel-hook.", HelpName = "KIND", DefaultValueFactory = _ => PluginTemplate.Kinds[0],
    };
    private readonly Option<string> _feed = new("--feed") { Description = "Folder with the packages of sdk/pack.sh; written to nuget.config.", HelpName = "DIR" };
    private readonly Option<string> _executable = new("--exe") { Description = "Also say what would be probed in this executable or process, and what is missing.", HelpName = "TARGET" };
    private readonly Option<string> _recordings = new("--recordings") { Description = "Folder with *.events and *.spans; else recordings in DIR.", HelpName = "DIR" };
    private readonly Option<string> _package = new("--output", "-o") { Description = "File to write; else ID-VERSION.beyla here.", HelpName = "FILE" };
    private readonly Option<string> _key = new("--key") { Description = "Ed25519 private key (PEM) to sign with.", HelpName = "FILE" };
    private readonly Option<string> _events = new("--output", "-o") { Description = "File for the events.", HelpName = "FILE", Required = true };
    private readonly Dictionary<Command, Func<ParseResult, PluginArguments>> _arguments = [];
    private readonly Func<Command, Command> _withCommonSettings;

    /// <param name="withCommonSettings">Adds the flags of every command that loads plugins.</param>
    /// <param name="withSettings">Adds the flags of <c>run</c>.</param>
    public PluginCommandLine(Func<Command, Command> withCommonSettings, Func<Command, Command> withSettings)
    {
        _withCommonSettings = withCommonSettings;
        Record = withSettings(new Command("record", "Trace like run, and write every raw event to a file for replay in tests.") { _events });
        Group = new Command("plugin", "Write, check, test, pack and install tracers.")
        {
            Add(new Command("new", "Make the project of a tracer with a test and a program to trace, ready to build.") { _name, _kind, _feed },
                p => new PluginArguments.New(p.GetRequiredValue(_name), p.GetRequiredValue(_kind), p.GetValue(_feed))),
            Add(new Command("check", "Check manifest, contract, tables and permissions; with --exe, whether it would work there. No privileges.") { _folder, _executable },
                p => new PluginArguments.Check(p.GetRequiredValue(_folder), p.GetValue(_executable))),
            Add(new Command("verify", "Load its programs through this kernel's verifier without attaching them; tells instructions, stack and maps.") { _folder },
                p => new PluginArguments.Verify(p.GetRequiredValue(_folder))),
            Record,
            Add(new Command("replay", "Decode recorded events and print the spans. No privileges.") { _folder, _recording },
                p => new PluginArguments.Replay(p.GetRequiredValue(_folder), p.GetRequiredValue(_recording))),
            Add(new Command("test", "Decode each *.events file and compare with the *.spans file beside it. No privileges.") { _folder, _recordings },
                p => new PluginArguments.Test(p.GetRequiredValue(_folder), p.GetValue(_recordings))),
            Add(new Command("pack", "Put a plugin into one .beyla file, signed on demand.") { _folder, _package, _key },
                p => new PluginArguments.Pack(p.GetRequiredValue(_folder), p.GetValue(_package), p.GetValue(_key))),
            Add(new Command("install", "Put a plugin into the search path, or in the place of its older version.") { _source },
                p => new PluginArguments.Install(p.GetRequiredValue(_source))),
            Add(new Command("remove", "Take an installed plugin out of the search path.") { _id }, p => new PluginArguments.Remove(p.GetRequiredValue(_id))),
            Add(new Command("list", "List what is installed, by the manifests alone; 'beyla plugins' loads them."), _ => new PluginArguments.List()),
        };
    }

    /// <summary><c>beyla plugin</c></summary>
    public Command Group { get; }

    /// <summary><c>beyla plugin record</c>: a <c>run</c> with one setting more.</summary>
    public Command Record { get; }

    /// <summary>The file of <c>record</c>.</summary>
    public string RecordedFile(ParseResult parsed) => parsed.GetRequiredValue(_events);

    /// <summary>What was asked for; null: another command.</summary>
    public PluginArguments? ArgumentsOf(ParseResult parsed) =>
        _arguments.TryGetValue(parsed.CommandResult.Command, out Func<ParseResult, PluginArguments>? read) ? read(parsed) : null;

    private Command Add(Command command, Func<ParseResult, PluginArguments> read)
    {
        _arguments.Add(command, read);
        return _withCommonSettings(command);
    }
}
