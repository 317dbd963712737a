using System.Text;
using Beyla.Elf;

namespace Beyla.Host.Discovery.Languages;

/// <summary>
/// The language of an executable by its file alone, stripped or not. Signs of runtimes come before those of toolchains, because most runtimes
/// are themselves written in C++ or Rust; texts, which have to be searched for, come last.
/// </summary>
internal static class ExecutableLanguage
{
    /// <summary>A section that only this language's linker makes.</summary>
    private static readonly (string Section, Language Language)[] Sections =
    [
        (".svm_heap", new("java", "section .svm_heap of a GraalVM native image")),   // NativeImageHeap of substratevm
        (".bun", new("bun", "section .bun")),
        ("__managedcode", new("dotnet", "section __managedcode of .NET native AOT")), // nativeaot/Runtime/unix
    ];

    /// <summary>Libraries of runtimes, by the start of their names. libjli starts the JVM; the others are the runtime.</summary>
    internal static readonly (string Library, string Language)[] Runtimes =
    [
        ("libjli.so", "java"), ("libjvm.so", "java"), ("libcoreclr.so", "dotnet"), ("libhostfxr.so", "dotnet"), ("libnode.so", "nodejs"),
        ("libpython", "python"), ("libruby", "ruby"), ("libphp", "php"),
    ];

    /// <summary>
    /// Functions that a runtime linked into the executable exports to its extensions. For Node it is node::Start: what Node exports to
    /// extensions Deno and Bun export, too.
    /// </summary>
    private static readonly (string Symbol, string Language)[] Exports =
    [
        ("_ZN4node5StartEiPPc", "nodejs"), ("Py_BytesMain", "python"), ("Py_Main", "python"), ("ruby_run_node", "ruby"),
        ("php_module_startup", "php"), ("zend_startup_module", "php"), ("DotNetRuntimeInfo", "dotnet"), ("DotNetRuntimeDebugHeader", "dotnet"),
        ("JNI_CreateJavaVM", "java"), ("graal_create_isolate", "java"),
    ];

    /// <summary>Texts among the constants, the most telling first.</summary>
    private static readonly (string Text, string Language)[] Texts =
    [
        ("hostfxr_main", "dotnet"),         // the entry point that dotnet and every application's starter look up (corehost)
        ("DENO_DIR", "deno"),               // variables that name their folders
        ("BUN_INSTALL", "bun"),
        ("library/std/src/", "rust"),       // places of panics in Rust's standard library
        ("library/core/src/", "rust"),
        ("St9exception", "cpp"),            // the type's name in a linked-in C++ runtime
    ];

    private static readonly byte[][] Wanted = [.. Texts.Select(t => Encoding.ASCII.GetBytes(t.Text))];

    /// <summary>Decides. Throws <see cref="ElfException"/>.</summary>
    /// <param name="elf">The executable.</param>
    /// <param name="isGo">Whether it was found to be a Go program.</param>
    public static Language Of(ElfFile elf, bool isGo)
    {
        if (isGo) return new("go", "Go's function table");
        string[] libraries = [.. elf.NeededLibraries];
        return BySection(elf) ?? ByLibrary(libraries) ?? ByExport(elf) ?? ByText(elf, libraries) ?? Language.Unknown;
    }

    private static Language? BySection(ElfFile elf)
    {
        foreach ((string name, Language language) in Sections)
            if (elf.Sections.Any(s => s.Name == name)) return language;
        return null;
    }

    private static Language? ByLibrary(string[] libraries)
    {
        foreach ((string name, string language) in Runtimes)
            if (Array.Find(libraries, l => l.StartsWith(name, StringComparison.Ordinal)) is { } library) return new(language, $"linked to {library}");
        return null;
    }

    private static Language? ByExport(ElfFile elf)
    {
        foreach ((string symbol, string language) in Exports)
            if (elf.Exports(symbol)) return new(language, $"exports {symbol}");
        return null;
    }

    private static Language? ByText(ElfFile elf, string[] libraries)
    {
        IReadOnlyList<bool> found = elf.FindTexts(Wanted);
        // A Rust program that links to C++ is a Rust program; a C++ program shows by its library even without a text.
        for (int i = 0; i < Texts.Length; i++)
            if (found[i]) return new(Texts[i].Language, $"holds the text '{Texts[i].Text}'");
        string? runtime = Array.Find(libraries, l => l.StartsWith("libstdc++.so", StringComparison.Ordinal) || l.StartsWith("libc++.so", StringComparison.Ordinal));
        return runtime is null ? null : new("cpp", $"linked to {runtime}");
    }
}
