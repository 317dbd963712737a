using System.Buffers.Binary;
using System.Text;
using Beyla.Elf.Sites;

namespace Beyla.Elf.Tests.Sites.Programs;

/// <summary>The functions of an ELF64 file with a symbol table: as much of a reader as these tests need, independent of the reader under test elsewhere.</summary>
internal sealed class SymbolisedProgram
{
    private readonly byte[] file;
    private readonly List<(ulong Address, ulong Offset, ulong Size)> segments = [];
    private readonly Dictionary<ulong, string> names = [];

    public SymbolisedProgram(string path)
    {
        Path = path;
        file = File.ReadAllBytes(path);
        ReadSegments();
        ReadSymbols();
    }

    public string Path { get; }

    public List<FunctionCode> Functions { get; } = [];

    public FunctionCode Function(string name) => Functions.Single(f => f.Name == name);

    private ushort U16(int at) => BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(at));

    private uint U32(int at) => BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at));

    private ulong U64(int at) => BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(at));

    private void ReadSegments()
    {
        for (int i = 0; i < U16(56); i++)
        {
            int at = (int)U64(32) + 56 * i;
            if (U32(at) == 1)
                segments.Add((U64(at + 16), U64(at + 8), U64(at + 32)));
        }
    }

    private void ReadSymbols()
    {
        int sections = (int)U64(40);
        for (int i = 0; i < U16(60); i++)
        {
            int section = sections + 64 * i;
            if (U32(section + 4) != 2)   // SHT_SYMTAB
                continue;
            int strings = (int)U64(sections + 64 * (int)U32(section + 40) + 24);
            for (int at = (int)U64(section + 24); at < (int)(U64(section + 24) + U64(section + 32)); at += 24)
                if ((file[at + 4] & 15) == 2 && U64(at + 16) > 0 && U16(at + 6) != 0)   // STT_FUNC, with a size, defined
                    Add(Text(strings + (int)U32(at)), U64(at + 8), (int)U64(at + 16));
        }
    }

    private void Add(string name, ulong address, int size)
    {
        foreach ((ulong start, ulong offset, ulong length) in segments)
            if (address >= start && address + (ulong)size <= start + length && names.TryAdd(address, name))
                Functions.Add(new FunctionCode(name, address, file.AsMemory((int)(address - start + offset), size), a => names.GetValueOrDefault(a)));
    }

    private string Text(int at) => Encoding.UTF8.GetString(file.AsSpan(at, file.AsSpan(at).IndexOf((byte)0)));
}
