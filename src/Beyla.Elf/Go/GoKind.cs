namespace Beyla.Elf;

/// <summary>The kinds of Go type; values of abi.Kind (Go's internal/abi/type.go), the same from Go 1.16 to 1.27.</summary>
public enum GoKind : byte
{
    /// <summary>No kind: damaged type data.</summary>
    Invalid = 0,

    /// <summary>bool: 1 byte.</summary>
    Bool = 1,

    /// <summary>int: 8 bytes, as all sizes here on 64-bit machines.</summary>
    Int = 2,

    /// <summary>int8.</summary>
    Int8 = 3,

    /// <summary>int16.</summary>
    Int16 = 4,

    /// <summary>int32, rune.</summary>
    Int32 = 5,

    /// <summary>int64.</summary>
    Int64 = 6,

    /// <summary>uint: 8 bytes.</summary>
    Uint = 7,

    /// <summary>uint8, byte.</summary>
    Uint8 = 8,

    /// <summary>uint16.</summary>
    Uint16 = 9,

    /// <summary>uint32.</summary>
    Uint32 = 10,

    /// <summary>uint64.</summary>
    Uint64 = 11,

    /// <summary>uintptr: 8 bytes.</summary>
    Uintptr = 12,

    /// <summary>float32.</summary>
    Float32 = 13,

    /// <summary>float64.</summary>
    Float64 = 14,

    /// <summary>complex64.</summary>
    Complex64 = 15,

    /// <summary>complex128.</summary>
    Complex128 = 16,

    /// <summary>Elements one after the other, in place.</summary>
    Array = 17,

    /// <summary>A pointer to runtime.hchan.</summary>
    Chan = 18,

    /// <summary>A pointer to a closure, whose first word is the code's address.</summary>
    Func = 19,

    /// <summary>Two words: itab (or the type itself for <c>any</c>), data.</summary>
    Interface = 20,

    /// <summary>A pointer to runtime.hmap or internal/runtime/maps.Map: <see cref="GoMapLayout"/>.</summary>
    Map = 21,

    /// <summary>One word.</summary>
    Pointer = 22,

    /// <summary>Three words: data, length, capacity.</summary>
    Slice = 23,

    /// <summary>Two words: data, length.</summary>
    String = 24,

    /// <summary>Fields, in place.</summary>
    Struct = 25,

    /// <summary>unsafe.Pointer: one word.</summary>
    UnsafePointer = 26,
}
