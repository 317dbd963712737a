namespace Beyla;

/// <summary>
/// Marks an assembly as a Beyla plugin and says which contract it was built for: <c>[assembly: BeylaPlugin(ContractVersion = Contract.Version)]</c>.
/// The host reads it from the assembly's metadata before it runs any code of the plugin.
/// </summary>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class BeylaPluginAttribute : Attribute
{
    /// <summary>The contract version the plugin was compiled against, <c>major.minor</c>.</summary>
    public required string ContractVersion { get; init; }
}
