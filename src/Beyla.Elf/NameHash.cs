namespace Beyla.Elf;

/// <summary>FNV-1a, 32 bits, over the UTF-8 bytes of a name. For indexes that compare the name itself on a hit.</summary>
internal static class NameHash
{
    public static uint Of(ReadOnlySpan<byte> name)
    {
        uint hash = 2166136261;
        foreach (byte b in name)
            hash = (hash ^ b) * 16777619;
        return hash;
    }
}
