namespace EndToEnd.Harness;

/// <summary>How a test starts the agent. Ports and the like go through the environment, as a user's unit file would do it.</summary>
internal sealed class AgentOptions
{
    /// <summary>Ports to select by: <c>80,8080-8089</c>.</summary>
    public string? OpenPort { get; set; }

    /// <summary>Regular expression on the executable's path.</summary>
    public string? ExecutableName { get; set; }

    /// <summary><c>json</c>, <c>counter</c> …</summary>
    public string TracePrinter { get; set; } = "json";

    /// <summary>Plugin folders; null: those beside the agent.</summary>
    public string? PluginsPath { get; set; }

    /// <summary>The TOML file, given as <c>--config</c>.</summary>
    public string? ConfigFile { get; set; }

    /// <summary>Further flags.</summary>
    public IReadOnlyList<string> Flags { get; set; } = [];

    /// <summary>Further variables.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; set; } = new Dictionary<string, string>();

    /// <summary>A program and its arguments that starts the agent as its only child, like <c>unshare --fork</c>; empty: the agent is started directly.</summary>
    public IReadOnlyList<string> Launcher { get; set; } = [];

    /// <summary>The command line, the program first.</summary>
    public IReadOnlyList<string> CommandLine() =>
        [.. Launcher, Repository.Agent, "run", .. ConfigFile is null ? [] : new[] { "--config", ConfigFile }, .. Flags];

    /// <summary>The variables of the agent's environment. Variables of the machine that would configure it are removed.</summary>
    public IReadOnlyDictionary<string, string?> Environment()
    {
        Dictionary<string, string?> variables = [];
        foreach (string name in System.Environment.GetEnvironmentVariables().Keys)
            if (name.StartsWith("BEYLA_", StringComparison.Ordinal) || name.StartsWith("OTEL_", StringComparison.Ordinal)) variables[name] = null;
        variables["BEYLA_TRACE_PRINTER"] = TracePrinter;
        if (OpenPort is not null) variables["BEYLA_OPEN_PORT"] = OpenPort;
        if (ExecutableName is not null) variables["BEYLA_EXECUTABLE_NAME"] = ExecutableName;
        if (PluginsPath is not null) variables["BEYLA_PLUGINS_PATH"] = PluginsPath;
        foreach ((string name, string value) in Variables) variables[name] = value;
        return variables;
    }
}
