using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Beyla.Elf;

/// <summary>
/// A 64-bit little-endian executable or shared object for x86-64 or aarch64. Sections are optional: what the program headers tell is enough.
/// Contents are read when asked for. Not thread-safe.
/// </summary>
public sealed class ElfFile : IDisposable
{
    private readonly SafeFileHandle _handle;
    private readonly PagedFile _file;
    private readonly AddressSpace _unrelocated;
    private readonly ElfHeaders _headers;
    private readonly Lazy<(string? Gnu, string? Go)> _buildIds;
    private readonly Lazy<DynamicTable> _dynamic;
    private readonly Lazy<PagedFile> _relocated;
    private readonly Lazy<SymbolTable?> _dynamicSymbols;
    private readonly Lazy<SymbolTable?> _symbols;

    private ElfFile(string path, SafeFileHandle handle, PagedFile file)
    {
        Path = path;
        _handle = handle;
        _file = file;
        _headers = ElfHeaders.Read(file);
        _buildIds = new(() => ElfNotes.Read(Segments, file), LazyThreadSafetyMode.None);
        _unrelocated = new AddressSpace(Segments, file);
        _dynamic = new(() => DynamicTable.Read(Segments, file), LazyThreadSafetyMode.None);
        _relocated = new(
            () => Relocations.Read(Machine, _dynamic.Value, _unrelocated) is { } relocations ? new PagedFile(handle, file.Length, relocations) : file,
            LazyThreadSafetyMode.None);
        _dynamicSymbols = new(() => SymbolTables.Dynamic(Sections, _dynamic.Value, _unrelocated, file), LazyThreadSafetyMode.None);
        _symbols = new(() => SymbolTables.Static(Sections, file), LazyThreadSafetyMode.None);
    }

    /// <summary>The path it was opened by.</summary>
    public string Path { get; }

    /// <summary>Its instruction set.</summary>
    public ElfMachine Machine => _headers.Machine;

    /// <summary>ET_DYN: addresses here get a load bias at run time (PIE, or a shared object).</summary>
    public bool IsPie => _headers.IsPositionIndependent;

    /// <summary>Whether .symtab is gone.</summary>
    public bool IsStripped => !Sections.Any(s => s.Type == ElfSection.SymbolTable);

    /// <summary>NT_GNU_BUILD_ID in lower-case hex.</summary>
    public string? BuildId => _buildIds.Value.Gnu;

    /// <summary>The Go linker's build id (note "Go", type 4).</summary>
    public string? GoBuildId => _buildIds.Value.Go;

    /// <summary>Size of the file in bytes.</summary>
    public long Length => _file.Length;

    /// <summary>The program headers.</summary>
    public IReadOnlyList<ElfSegment> Segments => _headers.Segments;

    /// <summary>The section headers; empty when the file has none, or a table that makes no sense.</summary>
    public IReadOnlyList<ElfSection> Sections => _headers.Sections;

    /// <summary>The dynamic symbols, those that are only asked for included. Enumeration throws <see cref="ElfException"/>.</summary>
    public IEnumerable<ElfSymbol> DynamicSymbols => _dynamicSymbols.Value?.All() ?? [];

    /// <summary>
    /// Names of the shared libraries that it is linked to (DT_NEEDED), like <c>libc.so.6</c>; empty when it is static. Enumeration throws
    /// <see cref="ElfException"/>.
    /// </summary>
    public IEnumerable<string> NeededLibraries
    {
        get
        {
            DynamicTable dynamic = _dynamic.Value;
            (ulong strings, ulong size) = (dynamic[DynamicTable.StringTable], dynamic[DynamicTable.StringSize]);
            foreach (ulong name in dynamic.NeededNames)
            {
                long start = _unrelocated.Offset(strings, size);
                if (name >= size)
                    throw new ElfException("the name of a library lies outside its table", start);
                yield return Encoding.UTF8.GetString(_file.ReadTerminated(start + (long)name, start + (long)size));
            }
        }
    }

    /// <summary>Pointers in data as the loader would write them for a load bias of 0.</summary>
    internal AddressSpace Memory => field ??= new AddressSpace(Segments, _relocated.Value);

    /// <summary>
    /// Opens a file and reads its headers. Throws <see cref="ElfException"/> when it is not such a file,
    /// <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/> when it cannot be read.
    /// </summary>
    public static ElfFile Open(string path)
    {
        SafeFileHandle handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        PagedFile? file = null;
        try
        {
            file = new PagedFile(handle, RandomAccess.GetLength(handle), relocations: null);
            return new ElfFile(path, handle, file);
        }
        catch
        {
            file?.Dispose();
            handle.Dispose();
            throw;
        }
    }

    /// <summary>The file offset of a link-time address, through PT_LOAD: what uprobes are placed by.</summary>
    public bool TryGetFileOffset(ulong address, out ulong offset)
    {
        bool found = _unrelocated.TryOffset(address, 1, out long at);
        offset = (ulong)at;
        return found;
    }

    /// <summary>Copies bytes as they are in the file. Throws <see cref="ElfException"/> when the range leaves the file.</summary>
    public void Read(ulong fileOffset, Span<byte> destination) =>
        _file.ReadUncached((long)Math.Min(fileOffset, long.MaxValue), destination);

    /// <summary>Finds a defined symbol by name, in .dynsym, then in .symtab. Throws <see cref="ElfException"/>.</summary>
    public bool TryFindSymbol(string name, out ElfSymbol symbol)
    {
        if (_dynamicSymbols.Value is { } dynamic && dynamic.TryFind(name, out symbol))
            return true;
        symbol = default;
        return _symbols.Value is { } all && all.TryFind(name, out symbol);
    }

    /// <summary>Whether it defines a dynamic symbol of that name, which others may link to. Throws <see cref="ElfException"/>.</summary>
    public bool Exports(string name) => _dynamicSymbols.Value is { } dynamic && dynamic.TryFind(name, out _);

    /// <summary>
    /// Which of these texts stand among its constants (.rodata; without sections in anything loaded), at most 256 MiB are read.
    /// Throws <see cref="ElfException"/>.
    /// </summary>
    /// <returns>One answer for each text, in their order.</returns>
    public IReadOnlyList<bool> FindTexts(IReadOnlyList<byte[]> texts) => TextSearch.Find(this, texts);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_relocated.IsValueCreated)
            _relocated.Value.Dispose();
        _file.Dispose();
        _handle.Dispose();
    }
}
