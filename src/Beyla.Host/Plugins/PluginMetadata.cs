using System.Reflection;

namespace Beyla.Host.Plugins;

/// <summary>
/// What an assembly says about itself in its attributes. Those that are looked for are the host's and the runtime's, so reading them runs no
/// code of the plugin; and it loads nothing that the plugin does not need anyway (System.Reflection.Metadata would add 1.3 MB).
/// </summary>
/// <param name="Name">Assembly name.</param>
/// <param name="Version">Informational version without build data, else the assembly version.</param>
/// <param name="Contract">Value of <see cref="BeylaPluginAttribute.ContractVersion"/>; <see langword="null"/>: no such attribute.</param>
internal sealed record PluginMetadata(string Name, string Version, string? Contract)
{
    /// <summary>Reads an assembly of which nothing has run yet.</summary>
    public static PluginMetadata Of(Assembly assembly)
    {
        AssemblyName name = assembly.GetName();
        string? informational = assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
        return new(name.Name!, informational?.Split('+')[0] ?? name.Version!.ToString(3), assembly.GetCustomAttribute<BeylaPluginAttribute>()?.ContractVersion);
    }
}
