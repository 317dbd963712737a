using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Beyla.Elf;

/// <summary>The functions of pclntab: all that were not inlined away, stripped or not.</summary>
internal sealed class FunctionTable(PclnTable table, AddressSpace memory, ulong text)
{
    private const int NameBufferSize = 1 << 18;

    /// <summary>
    /// Finds functions by name. Only wanted names are decoded: the names are searched first, then ftab for records that use them.
    /// Of two functions with one name the larger is given: the other is a wrapper between calling conventions.
    /// </summary>
    public Dictionary<string, GoFunction> Find(IReadOnlySet<string> names)
    {
        Dictionary<uint, string> wanted = FindNames(names);
        Dictionary<string, GoFunction> found = new(names.Count);
        if (wanted.Count == 0)
            return found;
        for (int i = 0; i < table.FunctionCount; i++)
        {
            if (!wanted.TryGetValue(NameOffset(i), out string? name))
                continue;
            GoFunction function = Function(i, name);
            if (!found.TryGetValue(name, out GoFunction other) || function.Size > other.Size)
                found[name] = function;
        }
        return found;
    }

    /// <summary>Names of all functions that have a body, in the order of their addresses.</summary>
    public IEnumerable<string> Names()
    {
        for (int i = 0; i < table.FunctionCount; i++)
            yield return Name(i);
    }

    /// <summary>Whether the table has a name, be it only that of a function that was inlined wherever it is called.</summary>
    public bool HasName(string name) => FindNames(new HashSet<string> { name }).Count > 0;

    /// <summary>The name of the function that holds an address; <see langword="null"/> outside of Go code.</summary>
    public string? NameAt(ulong address) => IndexAt(address) is { } index ? Name(index) : null;

    /// <summary>The function that holds an address; <see langword="null"/> outside of Go code.</summary>
    public GoFunction? At(ulong address) => IndexAt(address) is { } index ? Function(index, Name(index)) : null;

    private int? IndexAt(ulong address)
    {
        if (address < Entry(0) || address >= Entry(table.FunctionCount))
            return null;
        (int low, int high) = (0, table.FunctionCount);
        while (high - low > 1)
        {
            int middle = low + ((high - low) / 2);
            if (Entry(middle) <= address)
                low = middle;
            else
                high = middle;
        }
        return low;
    }

    private string Name(int index)
    {
        long name = table.NamesOffset + NameOffset(index);
        return Encoding.UTF8.GetString(memory.File.ReadTerminated(name, table.NamesOffset + table.NamesSize));
    }

    private GoFunction Function(int index, string name)
    {
        ulong start = Entry(index), end = Entry(index + 1);
        if (end <= start || end - start > uint.MaxValue)
            throw new ElfException($"function {name} has no sensible size", EntryOffset(index));
        return new GoFunction(name, start, (uint)(end - start));
    }

    private long EntryOffset(int index) => table.FunctionsOffset + ((long)index * table.EntrySize);

    private ulong Entry(int index) => table.Format == PclnFormat.Go116
        ? memory.File.ReadUInt64(EntryOffset(index))
        : text + memory.File.ReadUInt32(EntryOffset(index));

    private uint NameOffset(int index)
    {
        ulong record = table.Format == PclnFormat.Go116
            ? memory.File.ReadUInt64(EntryOffset(index) + 8)
            : memory.File.ReadUInt32(EntryOffset(index) + 4);
        if (record > (ulong)table.FunctionsSize)
            throw new ElfException("a function's record lies outside pclntab", EntryOffset(index));
        return memory.File.ReadUInt32(table.FunctionsOffset + (long)record + table.NameAt);
    }

    private Dictionary<uint, string> FindNames(IReadOnlySet<string> names)
    {
        WantedNames wanted = new(names);
        Dictionary<uint, string> found = [];
        byte[] buffer = ArrayPool<byte>.Shared.Rent(NameBufferSize);
        try
        {
            long at = 0;
            while (at < table.NamesSize)
            {
                Span<byte> bytes = buffer.AsSpan(0, (int)Math.Min(buffer.Length, table.NamesSize - at));
                memory.File.ReadUncached(table.NamesOffset + at, bytes);
                int used = wanted.Collect(bytes, (uint)at, found);
                if (used == 0)
                    throw new ElfException("a function name does not end", table.NamesOffset + at);
                at += used;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
        return found;
    }

    /// <summary>Names by their length in bytes, so that most names in the table are passed over without a comparison.</summary>
    private sealed class WantedNames(IReadOnlySet<string> names)
    {
        private readonly (byte[] Utf8, string Name)[]?[] _byLength = ByLength(names);

        /// <summary>Notes the offsets of wanted names. Returns how many bytes whole names took.</summary>
        public int Collect(ReadOnlySpan<byte> bytes, uint offset, Dictionary<uint, string> found)
        {
            int at = 0;
            for (int length; (length = bytes[at..].IndexOf((byte)0)) >= 0; at += length + 1)
            {
                if (length >= _byLength.Length || _byLength[length] is not { } candidates)
                    continue;
                ReadOnlySpan<byte> name = bytes.Slice(at, length);
                foreach ((byte[] utf8, string text) in candidates)
                {
                    if (name.SequenceEqual(utf8))
                        found[offset + (uint)at] = text;
                }
            }
            return at;
        }

        private static (byte[] Utf8, string Name)[]?[] ByLength(IReadOnlySet<string> names)
        {
            var groups = names.Select(n => (Utf8: Encoding.UTF8.GetBytes(n), Name: n)).GroupBy(n => n.Utf8.Length).ToList();
            var byLength = new (byte[] Utf8, string Name)[]?[groups.Count == 0 ? 0 : groups.Max(g => g.Key) + 1];
            foreach (var group in groups)
                byLength[group.Key] = [.. group];
            return byLength;
        }
    }
}
