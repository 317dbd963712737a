using System.Reflection;
using System.Runtime.Loader;

namespace Beyla.Host.Plugins;

/// <summary>
/// The plugin's own world: its private dependencies come from its folder, the contract and the Microsoft.Extensions abstractions from the
/// host. Collectible. Assemblies are loaded from bytes, so no file stays mapped and a folder can be replaced while it is in use.
/// </summary>
internal sealed class PluginLoadContext(PluginFolder folder)
    : AssemblyLoadContext($"plugin {Path.GetFileName(folder.Path)}", isCollectible: true)
{
    private static readonly Assembly Contract = typeof(ITracer).Assembly;

    /// <summary>Names of the assemblies of the framework and of the host.</summary>
    private static readonly Lazy<HashSet<string>> Platform = new(() =>
        [.. ((string?)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") ?? "").Split(Path.PathSeparator).Select(p => Path.GetFileNameWithoutExtension(p))]);

    private readonly AssemblyDependencyResolver _resolver = new(Path.Combine(folder.Path, folder.Entry));

    /// <summary>Loads the assembly with the tracers. None of its code runs.</summary>
    /// <exception cref="PluginException">It is not a managed assembly, or not the file that was built.</exception>
    public Assembly LoadEntry()
    {
        byte[] image = folder.Read(folder.Entry);
        try
        {
            return LoadFromStream(new MemoryStream(image, writable: false));
        }
        catch (BadImageFormatException)
        {
            throw PluginException.Refused($"{folder.Entry} is not a .NET assembly.");
        }
    }

    /// <summary>
    /// Checks that everything an assembly refers to is there, down to the last private dependency, which would otherwise be missed only when an event
    /// comes that needs it. What the framework has is not loaded for that.
    /// </summary>
    /// <exception cref="FileNotFoundException">Something is neither in the folder nor in the framework.</exception>
    public void RequireDependencies(Assembly assembly)
    {
        foreach (AssemblyName needed in assembly.GetReferencedAssemblies())
        {
            if (needed.Name == Contract.GetName().Name || IsShared(needed.Name!)) continue;
            if (_resolver.ResolveAssemblyToPath(needed) is not null) RequireDependencies(LoadFromAssemblyName(needed));
            else if (!Platform.Value.Contains(needed.Name!)) throw new FileNotFoundException(null, needed.Name);
        }
    }

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        // Whatever version it was built against: the contract's own version decides whether it fits.
        if (assemblyName.Name == Contract.GetName().Name) return Contract;
        if (IsShared(assemblyName.Name!) || _resolver.ResolveAssemblyToPath(assemblyName) is not { } path) return null;
        return LoadFromStream(new MemoryStream(folder.Read(Path.GetRelativePath(folder.Path, path)), writable: false));
    }

    /// <inheritdoc/>
    protected override nint LoadUnmanagedDll(string unmanagedDllName)
    {
        if (_resolver.ResolveUnmanagedDllToPath(unmanagedDllName) is not { } path) return 0;
        folder.Read(Path.GetRelativePath(folder.Path, path));
        return LoadUnmanagedDllFromPath(path);
    }

    /// <summary>Types of these cross the border between host and plugin, so both sides must mean the same assembly.</summary>
    private static bool IsShared(string name) =>
        name.StartsWith("Microsoft.Extensions.", StringComparison.Ordinal) && name.EndsWith(".Abstractions", StringComparison.Ordinal);
}
