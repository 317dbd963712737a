using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Beyla.Ebpf.Native;
using Microsoft.Win32.SafeHandles;

namespace Beyla.Ebpf;

/// <summary>A map in the kernel. All members may be used by several threads at once.</summary>
public sealed unsafe class BpfMap : IDisposable
{
    private static readonly Lazy<int> Cpus = new(() => Math.Max(1, Libbpf.libbpf_num_possible_cpus()));

    /// <summary>CPUs that maps with a value per CPU have values for.</summary>
    public static int PossibleCpus => Cpus.Value;

    internal BpfMap(string name, SafeFileHandle handle)
    {
        (Name, Handle) = (name, handle);
        MapInfo info = default;
        uint length = (uint)sizeof(MapInfo);
        int result = Libbpf.bpf_obj_get_info_by_fd(handle, &info, &length);
        if (result < 0)
        {
            handle.Dispose();
            throw BpfException.From($"cannot read the layout of map '{name}'", -result);
        }
        Layout = new MapLayout((BpfMapType)info.Type, info.KeySize, info.ValueSize, info.MaxEntries);
    }

    /// <summary>The name in C.</summary>
    public string Name { get; }

    /// <summary>The kind of map.</summary>
    public BpfMapType Type => Layout.Type;

    /// <summary>Bytes of a key.</summary>
    public uint KeySize => Layout.KeySize;

    /// <summary>Bytes of a value (of a per-CPU map: of one CPU's).</summary>
    public uint ValueSize => Layout.ValueSize;

    /// <summary>Entries; bytes of a ring buffer.</summary>
    public uint MaxEntries => Layout.MaxEntries;

    /// <summary>Bytes that the span forms of update and lookup take: of a per-CPU map, one value for each possible CPU, each rounded up to 8.</summary>
    public int ValueBytes => Layout.IsPerCpu ? Stride * Cpus.Value : (int)ValueSize;

    /// <summary>The file descriptor; it belongs to the map.</summary>
    public int Fd => (int)Handle.DangerousGetHandle();

    internal SafeFileHandle Handle { get; }

    internal MapLayout Layout { get; }

    private int Stride => (int)(ValueSize + 7) & ~7;

    /// <summary>Makes a ring buffer for several objects to share by <see cref="BpfObjectSpec.ReuseMap"/>.</summary>
    /// <param name="name">At most 15 characters.</param>
    /// <param name="bytes">A power of two, and a multiple of the page size.</param>
    public static BpfMap CreateRingBuffer(string name, uint bytes) => Create(BpfMapType.RingBuffer, name, 0, 0, bytes);

    /// <summary>Makes a map.</summary>
    /// <exception cref="BpfException">The kernel refused.</exception>
    public static BpfMap Create(BpfMapType type, string name, uint keySize, uint valueSize, uint maxEntries)
    {
        LibbpfLog.Begin();
        int fd = Libbpf.bpf_map_create((int)type, name, keySize, valueSize, maxEntries, 0);
        return fd >= 0
            ? new BpfMap(name, new SafeFileHandle(fd, ownsHandle: true))
            : throw BpfException.From($"cannot create map '{name}', {new MapLayout(type, keySize, valueSize, maxEntries)}", -fd);
    }

    /// <summary>Inserts or replaces.</summary>
    /// <exception cref="BpfException">The map is full, the key is not in the array ...</exception>
    public void Update(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        Require(key.Length, (int)KeySize, "key");
        Require(value.Length, ValueBytes, "value");
        int result;
        fixed (byte* k = key)
        fixed (byte* v = value)
            result = Libbpf.bpf_map_update_elem(Handle, k, v, 0);
        if (result < 0) throw BpfException.From($"cannot write to map '{Name}', {Layout}", -result);
    }

    /// <summary>Inserts or replaces.</summary>
    public void Update<TKey, TValue>(in TKey key, in TValue value) where TKey : unmanaged where TValue : unmanaged =>
        Update(Bytes(in key), Bytes(in value));

    /// <summary>Copies the value.</summary>
    /// <returns>false: there is no such key.</returns>
    public bool TryLookup(ReadOnlySpan<byte> key, Span<byte> value)
    {
        Require(key.Length, (int)KeySize, "key");
        Require(value.Length, ValueBytes, "value");
        int result;
        fixed (byte* k = key)
        fixed (byte* v = value)
            result = Libbpf.bpf_map_lookup_elem(Handle, k, v);
        return Found(result, "read");
    }

    /// <summary>Copies the value.</summary>
    /// <returns>false: there is no such key.</returns>
    public bool TryLookup<TKey, TValue>(in TKey key, out TValue value) where TKey : unmanaged where TValue : unmanaged
    {
        value = default;
        return TryLookup(Bytes(in key), MemoryMarshal.AsBytes(new Span<TValue>(ref value)));
    }

    /// <summary>Removes an entry of a hash.</summary>
    /// <returns>false: there was no such key.</returns>
    public bool Delete(ReadOnlySpan<byte> key)
    {
        Require(key.Length, (int)KeySize, "key");
        fixed (byte* k = key)
            return Found(Libbpf.bpf_map_delete_elem(Handle, k), "delete from");
    }

    /// <summary>Removes an entry of a hash.</summary>
    /// <returns>false: there was no such key.</returns>
    public bool Delete<TKey>(in TKey key) where TKey : unmanaged => Delete(Bytes(in key));

    /// <summary>The sum over all CPUs of the u64 that a per-CPU array's value starts with. No allocation.</summary>
    public ulong SumPerCpu(uint key)
    {
        if (!Layout.IsPerCpu || ValueSize < sizeof(ulong))
            throw new ArgumentException($"map '{Name}', {Layout}, has no per-CPU u64 to sum.", nameof(key));
        Span<byte> values = ValueBytes <= 4096 ? stackalloc byte[4096] : new byte[ValueBytes];
        values = values[..ValueBytes];
        if (!TryLookup(Bytes(in key), values)) throw BpfException.From($"cannot read entry {key} of map '{Name}', {Layout}", Native.Errno.ENOENT);
        ulong sum = 0;
        for (int at = 0; at < values.Length; at += Stride) sum += MemoryMarshal.Read<ulong>(values[at..]);
        return sum;
    }

    /// <inheritdoc/>
    public void Dispose() => Handle.Dispose();

    private bool Found(int result, string what) => result switch
    {
        >= 0 => true,
        -Native.Errno.ENOENT => false,
        _ => throw BpfException.From($"cannot {what} map '{Name}', {Layout}", -result),
    };

    private void Require(int given, int wanted, string what)
    {
        if (given != wanted) throw new ArgumentException($"the {what} of map '{Name}', {Layout}, takes {wanted} bytes, not {given}.", what);
    }

    private static ReadOnlySpan<byte> Bytes<T>(in T value) where T : unmanaged =>
        MemoryMarshal.AsBytes(new ReadOnlySpan<T>(ref Unsafe.AsRef(in value)));

    /// <summary>The head of <c>struct bpf_map_info</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct MapInfo
    {
        public uint Type, Id, KeySize, ValueSize, MaxEntries, Flags;
    }
}
