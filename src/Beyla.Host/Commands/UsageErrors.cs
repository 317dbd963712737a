using System.CommandLine;
using System.CommandLine.Parsing;
using Beyla.Host.Configuration;

namespace Beyla.Host.Commands;

/// <summary>Sentences about a wrong command line.</summary>
internal static class UsageErrors
{
    /// <summary>All mistakes, one sentence each; empty: none.</summary>
    public static IReadOnlyList<string> Of(ParseResult parsed)
    {
        if (parsed.Errors.Count == 0) return [];
        Command command = parsed.CommandResult.Command;
        string name = Name(parsed.CommandResult);
        // What follows an unknown flag is probably its value.
        string[] unknown = [.. parsed.UnmatchedTokens.Where(t => t.StartsWith('-')).DefaultIfEmpty(parsed.UnmatchedTokens.Count > 0 ? parsed.UnmatchedTokens[0] : "")];
        if (unknown[0].Length > 0) return [.. unknown.Select(token => Unknown(token, command, name))];
        if (command.Subcommands.Count > 0 && command.Action is null)
            return [$"{name}: a command is missing; choose one of {string.Join(", ", command.Subcommands.Select(c => c.Name))}"];
        return [.. parsed.Errors.Select(e => $"{name}: {char.ToLowerInvariant(e.Message[0])}{e.Message[1..].TrimEnd('.')}").Distinct()];
    }

    private static string Unknown(string token, Command command, string name)
    {
        bool flag = token.StartsWith('-');
        string word = token.Split('=')[0];
        string[] known = flag ? [.. command.Options.SelectMany(o => o.Aliases.Append(o.Name))] : [.. command.Subcommands.Select(c => c.Name)];
        string meant = NearestName.Find(word, known) is { } near ? $"; did you mean '{near}'?" : $"; '{name} --help' lists what there is";
        return $"{name}: unknown {(flag ? "flag" : command.Subcommands.Count > 0 ? "command" : "argument")} '{word}'{meant}";
    }

    private static string Name(CommandResult result) => result.Parent is CommandResult parent ? $"{Name(parent)} {result.Command.Name}" : "beyla";
}
