namespace Beyla.Host.Attachment;

/// <summary>Remembers inspections by the executable's identity: a second process of a known file costs no second reading.</summary>
internal sealed class InspectionCache(ExecutableInspector inspector)
{
    private readonly RecentCache<ExecutableIdentity, Inspection> _cache = new();

    /// <summary>The inspection of the file behind <paramref name="path"/>, which has the given identity.</summary>
    /// <exception cref="Elf.ElfException">Malformed.</exception>
    /// <exception cref="IOException">Cannot be read.</exception>
    public Inspection Get(ExecutableIdentity identity, string path, string displayPath) =>
        _cache.Get(identity, () => inspector.Inspect(path, displayPath));
}
