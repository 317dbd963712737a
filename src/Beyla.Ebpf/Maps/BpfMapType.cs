namespace Beyla.Ebpf;

/// <summary><c>enum bpf_map_type</c> (include/uapi/linux/bpf.h): those in use. Others keep their number.</summary>
public enum BpfMapType
{
    /// <summary>None.</summary>
    Unspecified = 0,

    /// <summary>Hash table; full means that an insert fails.</summary>
    Hash = 1,

    /// <summary>Array by u32 index; all entries exist.</summary>
    Array = 2,

    /// <summary>Hash table with a value per CPU.</summary>
    PerCpuHash = 5,

    /// <summary>Array with a value per CPU.</summary>
    PerCpuArray = 6,

    /// <summary>Hash table; full means that a little-used entry goes.</summary>
    LruHash = 9,

    /// <summary>LRU hash table with a value per CPU.</summary>
    LruPerCpuHash = 10,

    /// <summary>Value per socket.</summary>
    SocketStorage = 24,

    /// <summary>Ring buffer; max entries are bytes.</summary>
    RingBuffer = 27,

    /// <summary>Value per task.</summary>
    TaskStorage = 29,
}
