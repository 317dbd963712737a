namespace Beyla.Plugins.GoSql;

/// <summary>A bit for each of the first 64 depths of parentheses; deeper ones are false.</summary>
internal struct DepthBits
{
    private ulong _bits;

    public bool this[int depth]
    {
        readonly get => depth < 64 && (_bits >> depth & 1) != 0;
        set
        {
            if (depth < 64) _bits = value ? _bits | 1UL << depth : _bits & ~(1UL << depth);
        }
    }
}
