using System.Reflection;

namespace Beyla.Host.Plugins;

/// <summary>Why a plugin folder is not used. The message is the reason shown to the user; it holds no reference to the plugin's own types.</summary>
internal sealed class PluginException : Exception
{
    private PluginException(PluginState state, string reason) : base(reason) => State = state;

    /// <summary><see cref="PluginState.Refused"/> or <see cref="PluginState.Failed"/>.</summary>
    public PluginState State { get; }

    public static PluginException Refused(string reason) => new(PluginState.Refused, reason);

    /// <summary>Code of the plugin threw, or the runtime could not load what it needs, or the host refused a file on the way.</summary>
    public static PluginException From(Exception cause) =>
        Innermost(cause) is var e && e is PluginException own ? own : new(PluginState.Failed, Describe(e));

    private static Exception Innermost(Exception e) => e switch
    {
        ReflectionTypeLoadException { LoaderExceptions: [{ } first, ..] } => Innermost(first),
        TargetInvocationException { InnerException: { } inner } => Innermost(inner),
        TypeInitializationException { InnerException: { } inner } => Innermost(inner),
        FileLoadException { InnerException: PluginException inner } => inner,
        _ => e,
    };

    private static string Describe(Exception e) => e switch
    {
        FileNotFoundException { FileName: { } name } =>
            $"needs the assembly '{name.Split(',')[0]}', which is not in its folder. Publish the plugin with its dependencies.",
        FileLoadException { FileName: { } name } => $"cannot load the assembly '{name.Split(',')[0]}': {Sentence(e)}",
        BadImageFormatException => $"one of its assemblies is damaged: {Sentence(e)}",
        TypeLoadException or MissingMemberException =>
            $"does not fit the assemblies it meets at run time: {Sentence(e)} Rebuild it against this host's contract.",
        _ => $"its code failed: {e.GetType().Name}: {Sentence(e)}",
    };

    private static string Sentence(Exception e)
    {
        string line = e.Message.ReplaceLineEndings(" ").Trim();
        return line.EndsWith('.') ? line : line + ".";
    }
}
