using Beyla.Elf;

namespace Beyla.Host.Commands;

/// <summary>
/// The shared libraries that an executable would be started with, as far as files tell: DT_NEEDED of it and of them, in the linker's own folders
/// (ld.so(8)). Variables, RUNPATH and what a program loads by itself are not followed: a process knows better.
/// </summary>
internal static class LinkedLibraries
{
    private static readonly string[] s_folders = ["/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu", "/lib/aarch64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/lib64", "/usr/lib64", "/lib", "/usr/lib", "/usr/local/lib"];

    /// <summary>Paths of the libraries, each once.</summary>
    /// <exception cref="ElfException">One of them is malformed.</exception>
    /// <exception cref="IOException">One of them cannot be read.</exception>
    public static IReadOnlyList<string> Of(string executable)
    {
        OrderedDictionary<string, string> found = new(StringComparer.Ordinal);
        Queue<string> open = new([executable]);
        while (open.TryDequeue(out string? file))
        {
            using ElfFile elf = ElfFile.Open(file);
            foreach (string name in elf.NeededLibraries)
            {
                if (found.ContainsKey(name) || s_folders.Select(f => Path.Combine(f, name)).FirstOrDefault(File.Exists) is not { } path) continue;
                found.Add(name, path);
                open.Enqueue(path);
            }
        }
        return [.. found.Values];
    }
}
