using System.Globalization;
using Beyla.Host.Configuration;

namespace Beyla.Host.Discovery;

/// <summary>One rule of the selection on one process, in words.</summary>
/// <param name="Rule">What the user wrote: <c>open_port = 8080</c>.</param>
/// <param name="WhyNot">Why the process does not match; null: it does.</param>
internal sealed record SelectionRule(string Rule, string? WhyNot)
{
    /// <summary>All rules in the order in which they are tried; the first that matches selects.</summary>
    public static IReadOnlyList<SelectionRule> Of(BeylaOptions options, ProcessInfo process)
    {
        IReadOnlyList<ServiceCriteria> rules = CriteriaMatcher.RulesOf(options);
        return [.. rules.Select(rule => new SelectionRule(Text(options, rule), WhyNotOf(rule, process)))];
    }

    private static string Text(BeylaOptions options, ServiceCriteria rule)
    {
        int index = options.Discovery.Services.ToList().IndexOf(rule);
        string ports = index < 0 ? "open_port" : "open_ports", path = index < 0 ? "executable_name" : "exe_path";
        List<string> parts = [];
        if (!rule.OpenPorts.IsEmpty) parts.Add($"{ports} = {rule.OpenPorts}");
        if (index < 0 && options.Discovery.SystemWide) parts.Add("discovery.system_wide = true");
        else if (rule.ExePath is not null) parts.Add($"{path} = {rule.ExePath}");
        string text = string.Join(" and ", parts);
        return index < 0 ? text : string.Create(CultureInfo.InvariantCulture, $"[[discovery.services]] number {index + 1}{(rule.Name is { } name ? $" ({name})" : "")}: {text}");
    }

    private static string? WhyNotOf(ServiceCriteria rule, ProcessInfo process)
    {
        List<string> reasons = [];
        if (!rule.OpenPorts.IsEmpty && !process.OpenPorts.Any(rule.OpenPorts.Contains))
            reasons.Add(process.OpenPorts.Count == 0 ? "the process listens on no port" : $"the process listens on {string.Join(", ", process.OpenPorts.Order())}");
        if (rule.ExePath is { } path && !path.IsMatch(process.ExecutablePath)) reasons.Add($"{process.ExecutablePath} does not match");
        return reasons.Count == 0 ? null : string.Join("; ", reasons);
    }
}
