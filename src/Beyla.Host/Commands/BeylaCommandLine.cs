using System.CommandLine;
using System.CommandLine.Help;
using Beyla.Host.Commands.Plugins;
using Beyla.Host.Configuration.Settings;

namespace Beyla.Host.Commands;

/// <summary>The commands and their flags. Flags that are settings follow <see cref="KnownSettings"/> and stay text until the configuration is merged.</summary>
internal sealed class BeylaCommandLine
{
    private const int HelpWidth = 110;

    private readonly Dictionary<Option, Setting> _settings = [];

    public BeylaCommandLine()
    {
        Setting[] flags = [.. KnownSettings.All.Where(s => s.Flag is not null)];
        Run = WithSettings(new Command("run", "Trace the selected processes until SIGTERM or Ctrl-C. The default command."), flags);
        Inspect = WithSettings(new Command("inspect", "Say what would be attached to an executable or process, where, and what is missing.") { Target, Tracer, Probes, Json }, Common(flags));
        Plugins = WithSettings(new Command("plugins", "List the plugins that were found: state, version, tracers, and why one was refused.") { Json }, Common(flags));
        Doctor = WithSettings(new Command("doctor", "Say what this kernel, these privileges and this configuration give: each feature with evidence and remedy.") { Json }, flags);
        Explain = WithSettings(new Command("explain", "Say why there are spans of a process or none: the chain from process to exporter, and where it breaks.") { Explained, Socket, Json }, flags);
        Trace = WithSettings(new Command("trace", "Print a line for each call of a function of a running program: arguments, results, time.") { Explained, Function, List, Print, Where, Histogram, Count, For, Json }, Common(flags));
        Top = WithSettings(new Command("top", "Show the services and routes of a running agent by rate, errors and latency, until Ctrl-C.") { Socket, Every, Count, Json }, Common(flags));
        ConfigCheck = WithSettings(new Command("check", "Check file and environment; exit code 2 when something is wrong.") { Json }, flags);
        ConfigShow = WithSettings(new Command("show", "Print every setting, its value and where the value comes from.") { Json }, flags);
        ConfigSchema = WithSettings(new Command("schema", "Print the JSON Schema of the configuration file, for editors of TOML."), Common(flags));
        ConfigImport = new Command("import", "Turn the original's YAML configuration into TOML; what cannot be carried over is told on stderr.") { YamlFile };
        Plugin = new PluginCommandLine(c => WithSettings(c, Common(flags)), c => WithSettings(c, flags));
        Root = new RootCommand("Traces running programs with eBPF and turns what they do into OpenTelemetry spans.")
        {
            Run, Inspect, Doctor, Explain, Top, Trace, Plugins, Plugin.Group,
            new Command("config", "Check, show, describe or import the configuration.") { ConfigCheck, ConfigShow, ConfigSchema, ConfigImport },
        };
        foreach (Option option in Root.Options)
            if (option is HelpOption { Action: HelpAction help }) help.MaxWidth = HelpWidth;
    }

    public RootCommand Root { get; }

    public Command Run { get; }

    public Command Inspect { get; }

    public Command Plugins { get; }

    public PluginCommandLine Plugin { get; }

    public Command Doctor { get; }

    public Command Explain { get; }

    public Command Top { get; }

    public Command Trace { get; }

    public Command ConfigCheck { get; }

    public Command ConfigShow { get; }

    public Command ConfigSchema { get; }

    public Command ConfigImport { get; }

    /// <summary>Of <c>config import</c>.</summary>
    public Argument<string> YamlFile { get; } = new("FILE") { Description = "The original's configuration, like beyla-config.yml." };

    /// <summary>Of <c>trace</c>.</summary>
    public Argument<string?> Function { get; } = new("FUNCTION")
    {
        Description = "A Go function or C symbol, as in 'main.computeE', or with its types: 'main.computeE(iterations int64) float64'.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    /// <summary>Of <c>trace</c>.</summary>
    public Option<string?> List { get; } = new("--list") { Description = "Only list the functions that match, like 'net/http.*', with their types as far as known.", HelpName = "PATTERN" };

    /// <summary>Of <c>trace</c>.</summary>
    public Option<string[]> Print { get; } = new("--print") { Description = "Show a field of what an argument points to, too: 'c.server.Addr'.", HelpName = "FIELD" };

    /// <summary>Of <c>trace</c>.</summary>
    public Option<string?> Where { get; } = new("--where") { Description = "Only calls for which this holds, like 'n > 100'; decided in the kernel.", HelpName = "CONDITION" };

    /// <summary>Of <c>trace</c>.</summary>
    public Option<bool> Histogram { get; } = new("--histogram") { Description = "Count calls by their time instead of printing them; counted in the kernel." };

    /// <summary>Of <c>trace</c>.</summary>
    public Option<TimeSpan> For { get; } = Duration("--duration", "End after this time; default: never.", TimeSpan.Zero);

    /// <summary>Of <c>explain</c> and <c>trace</c>.</summary>
    public Argument<string> Explained { get; } = new("TARGET") { Description = "A process id, a port (8080 or :8080), or an executable." };

    /// <summary>Of <c>explain</c> and <c>top</c>.</summary>
    public Option<string> Socket { get; } = new("--socket") { Description = "Ask the agent at this socket (/run/beyla/agent-PID.sock) instead of looking for one.", HelpName = "PATH" };

    /// <summary>Of <c>top</c>.</summary>
    public Option<TimeSpan> Every { get; } = Duration("--every", "Time between two tables; default 1s.", TimeSpan.FromSeconds(1));

    /// <summary>Of <c>top</c> and <c>trace</c>.</summary>
    public Option<int?> Count { get; } = new("--count") { Description = "End after so many.", HelpName = "N" };

    /// <summary>Of <c>inspect</c>.</summary>
    public Argument<string> Target { get; } = new("TARGET") { Description = "Path of an executable, or a process id." };

    /// <summary>Of <c>inspect</c>.</summary>
    public Option<string> Tracer { get; } = new("--tracer") { Description = "Only this tracer, with its probes, sites and fields.", HelpName = "NAME" };

    /// <summary>Of <c>inspect</c>.</summary>
    public Option<bool> Probes { get; } = new("--probes") { Description = "Print the probes, sites and fields of every tracer, too." };

    /// <summary>Of <c>inspect</c>, <c>plugins</c>, <c>doctor</c>, <c>explain</c>, <c>top</c>, <c>config check</c> and <c>config show</c>.</summary>
    public Option<bool> Json { get; } = new("--json") { Description = "Print JSON instead of text." };

    /// <summary>Parses arguments; without a command they are those of <c>run</c>.</summary>
    public ParseResult Parse(IReadOnlyList<string> arguments)
    {
        bool ofRoot = arguments.Count > 0 && (!arguments[0].StartsWith('-') || Root.Options.Any(o => o.Name == arguments[0] || o.Aliases.Contains(arguments[0])));
        return Root.Parse([.. ofRoot ? [] : new[] { Run.Name }, .. arguments.Select(GoSpelling)], new ParserConfiguration { EnablePosixBundling = false, ResponseFileTokenReplacer = null });
    }

    /// <summary>The settings given by flags, as text.</summary>
    public IReadOnlyDictionary<Setting, string> Flags(ParseResult parsed)
    {
        Dictionary<Setting, string> flags = [];
        foreach (Option option in parsed.CommandResult.Command.Options)
        {
            if (!_settings.TryGetValue(option, out Setting? setting) || parsed.GetResult(option) is not { Implicit: false } result) continue;
            flags[setting] = string.Join(':', result.Tokens.Select(t => t.Value));
        }
        return flags;
    }

    /// <summary>An option like <c>500ms</c>.</summary>
    private static Option<TimeSpan> Duration(string name, string description, TimeSpan byDefault) => new(name)
    {
        Description = description,
        HelpName = "DURATION",
        DefaultValueFactory = _ => byDefault,
        CustomParser = result =>
        {
            try
            {
                return new DurationType().Parse(result.Tokens[0].Value);
            }
            catch (FormatException e)
            {
                result.AddError($"{name}: {e.Message}");
                return byDefault;
            }
        },
    };

    /// <summary>Beyla's own flag, in Go's spelling.</summary>
    private static string GoSpelling(string argument) =>
        argument == "-config" || argument.StartsWith("-config=", StringComparison.Ordinal) ? "-" + argument : argument;

    private static Setting[] Common(Setting[] flags) =>
        [.. flags.Where(s => s == KnownSettings.ConfigPath || s == KnownSettings.PluginsPath || s == KnownSettings.Level)];

    private Command WithSettings(Command command, IEnumerable<Setting> settings)
    {
        foreach (Setting setting in settings)
        {
            Option option = setting.Repeatable ? new Option<string[]>(setting.Flag!) : new Option<string>(setting.Flag!);
            option.Description = setting.Environment.Count == 0 ? setting.Description : $"{setting.Description} [{setting.Environment[0].Name}]";
            option.HelpName = setting.Placeholder;
            option.Arity = setting.Repeatable ? ArgumentArity.OneOrMore : ArgumentArity.ExactlyOne;
            _settings.Add(option, setting);
            command.Add(option);
        }
        return command;
    }
}
