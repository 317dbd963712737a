using System.Runtime.Versioning;
using Beyla.Ebpf;

namespace Beyla.Host.Plugins.Trust;

/// <summary>Who, beside the one who runs the agent, could have put or changed what lies in a plugin's folder.</summary>
internal static class FolderGuard
{
    private const UnixFileMode Others = UnixFileMode.OtherWrite, GroupAndOthers = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    /// <summary>Links may stay within the folder: what one points to outside belongs to someone else, and is in no list of hashes.</summary>
    /// <exception cref="PluginException">A link leads out of the folder, or nowhere.</exception>
    public static void RefuseLinksOutside(string folder)
    {
        string inside = folder.TrimEnd('/') + '/';
        foreach (string entry in Entries(folder).Where(e => File.ResolveLinkTarget(e, returnFinalTarget: false) is not null))
        {
            string? target = File.ResolveLinkTarget(entry, returnFinalTarget: true)?.FullName;
            if (target is null || !target.StartsWith(inside, StringComparison.Ordinal))
                throw PluginException.Refused($"{Path.GetRelativePath(folder, entry)} is a link that leads out of the folder. Copy the file in its place.");
        }
    }

    /// <summary>An agent with all privileges must not run what any user could have put there.</summary>
    /// <param name="folder">The plugin's folder.</param>
    /// <param name="strict">Owner and group are looked at, too, and the folder around this one; without privileges as well.</param>
    /// <exception cref="PluginException">Someone else may write there.</exception>
    [SupportedOSPlatform("linux")]
    public static void RefuseForeignWriters(string folder, bool strict)
    {
        if (!strict && !Environment.IsPrivilegedProcess) return;
        IEnumerable<string> judged = Entries(folder).Prepend(folder);
        if (strict && Path.GetDirectoryName(folder.TrimEnd('/')) is { } around) judged = judged.Prepend(around);
        foreach (string entry in judged)
        {
            if (entry != folder && File.ResolveLinkTarget(entry, returnFinalTarget: false) is not null) continue; // what it leads to is judged itself
            if ((File.GetUnixFileMode(entry) & (strict ? GroupAndOthers : Others)) != 0) throw Writable(entry, strict);
            if (strict && KernelFiles.Owner(entry) is var owner and not 0 && owner != KernelFiles.Self)
                throw PluginException.Refused($"{entry} belongs to user {owner}, neither to root nor to who runs the agent, and plugins.trust is \"owner\". Run chown on it.");
        }
    }

    private static IEnumerable<string> Entries(string folder) =>
        Directory.EnumerateFileSystemEntries(folder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0, IgnoreInaccessible = false });

    private static PluginException Writable(string entry, bool strict) => strict
        ? PluginException.Refused($"others than its owner may write to {entry}, and plugins.trust is \"owner\". Run chmod -R go-w on the folder.")
        : PluginException.Refused($"every user may write to {entry}, and the agent runs with privileges. Run chmod -R o-w on the folder.");
}
