using System.Globalization;
using System.Text;

namespace Beyla.Elf;

/// <summary>
/// What a Go program tells about itself, stripped or not: functions (pclntab), field offsets and itabs (type data), version and modules
/// (build info). Go 1.16 to 1.27. Addresses are link-time: add the load bias of a position-independent program. Not thread-safe; valid as
/// long as the file is open. Members throw <see cref="ElfException"/> where the file contradicts itself.
/// </summary>
public sealed class GoBinary
{
    private const string UnknownTypes = "type data was not found";

    private readonly ElfFile _elf;
    private readonly ModuleData _module;
    private readonly FunctionTable _functions;
    private readonly Lazy<GoTypes>? _types;
    private readonly ItabTable? _itabs;
    private readonly Lazy<int> _minor;
    private Dictionary<string, GoFunction>? _globalFunctions;

    private GoBinary(ElfFile elf, PclnTable table, ModuleData module)
    {
        (_elf, _module) = (elf, module);
        _functions = new FunctionTable(table, elf.Memory, module.Text);
        GoBuildInfo? build = GoBuildInfo.Read(elf.Sections, elf.Memory);
        (Version, Modules) = (build?.Version, build?.Modules ?? new Dictionary<string, string>());
        TypeReader? reader = module.Types is null ? null : new TypeReader(elf.Memory, module.Types);
        if (reader is not null)
        {
            _types = new(() => new GoTypes(reader, TypeIndex.Build(reader, table.Format)), LazyThreadSafetyMode.None);
            _itabs = new ItabTable(reader);
        }
        Globals = new GoGlobals(elf, this);
        _minor = new(() => ParseMinor(Version) ?? LowestMinor(table.Format, reader), LazyThreadSafetyMode.None);
    }

    /// <summary>"go1.24.4"; <see langword="null"/> when the build info was wiped.</summary>
    public string? Version { get; }

    /// <summary>24 for Go 1.24. Without a version: the lowest that has this binary's layout.</summary>
    public int Minor => _minor.Value;

    /// <summary>Import path of a module to its version ("v1.64.0", "(devel)"); empty for builds outside of modules.</summary>
    public IReadOnlyDictionary<string, string> Modules { get; }

    /// <summary>Whether type data was found. If not (a Go version with an unknown layout), every field and itab is missing.</summary>
    public bool HasTypes => _types is not null;

    /// <summary>
    /// Reads the tables' positions. <see langword="null"/>: not a Go program. Throws <see cref="ElfException"/> when it is one whose pclntab
    /// no module data describes.
    /// </summary>
    public static GoBinary? TryRead(ElfFile elf)
    {
        if (GoTables.Find(elf) is not { } tables)
            return null;
        return new GoBinary(elf, tables.Functions, tables.Module);
    }

    /// <summary>The functions of these names that have a body of their own. One pass; only wanted names are decoded.</summary>
    public IReadOnlyDictionary<string, GoFunction> FindFunctions(IReadOnlySet<string> names)
    {
        Dictionary<string, GoFunction> found = _functions.Find(names.Union(GlobalCode.Functions).ToHashSet());
        _globalFunctions = GlobalCode.Functions.Where(found.ContainsKey).ToDictionary(name => name, name => found[name]);
        foreach (string name in GlobalCode.Functions.Where(name => !names.Contains(name)))
            found.Remove(name);
        return found;
    }

    /// <summary>The function that holds an address, for naming call targets; <see langword="null"/> outside of Go code.</summary>
    public string? FunctionNameAt(ulong address) => address >= _module.EndOfText ? null : _functions.NameAt(address);

    /// <summary>The function that holds an address; <see langword="null"/> outside of Go code.</summary>
    public GoFunction? FunctionAt(ulong address) => address >= _module.EndOfText ? null : _functions.At(address);

    /// <summary>
    /// How the goroutines begin that a function starts with <c>go f(x)</c>: ("net/http.(*Server).Serve", "net/http.(*conn).serve").
    /// <see langword="null"/> when it is not known for certain; <paramref name="whyNot"/> then says why, as a sentence part.
    /// </summary>
    /// <param name="starter">The function with the go statement, as <see cref="FindFunctions"/> gave it.</param>
    /// <param name="function">What the goroutine runs.</param>
    /// <param name="whyNot">Why it is not known.</param>
    public GoroutineStart? FindGoroutineStart(GoFunction starter, GoFunction function, out string? whyNot)
    {
        whyNot = "goroutines' arguments are only looked for in x86-64 code";
        return _elf.Machine == ElfMachine.X86_64 ? GoroutineStart.Find(this, starter, function, out whyNot) : null;
    }

    /// <summary>Names of all functions that have a body of their own.</summary>
    public IEnumerable<string> FunctionNames => _functions.Names();

    /// <summary>Whether a function's name is known though it has no body: it was inlined wherever it is called.</summary>
    public bool IsOnlyInlined(string name) => _functions.HasName(name) && FindFunctions(new HashSet<string> { name }).Count == 0;

    /// <summary>
    /// The direct calls of a function, with the functions that make them; of x86-64. Calls through interfaces and function values are not among them.
    /// Reads all code once.
    /// </summary>
    public IReadOnlyList<(GoFunction Caller, ulong Call)> FindCalls(GoFunction callee)
    {
        const int callSize = 5; // e8 rel32
        byte[] code = new byte[_module.EndOfText - _module.Text];
        _elf.Read((ulong)_elf.Memory.Offset(_module.Text, (ulong)code.Length), code);
        List<(GoFunction, ulong)> calls = [];
        for (int i = 0; i + callSize <= code.Length; i++)
        {
            int next = code.AsSpan(i, code.Length - callSize + 1 - i).IndexOf((byte)0xe8);
            if (next < 0) break;
            i += next;
            ulong call = _module.Text + (ulong)i;
            ulong target = call + callSize + (ulong)(long)BitConverter.ToInt32(code, i + 1);
            if (target == callee.Address && _functions.At(call) is { } caller) calls.Add((caller, call));
        }
        return calls;
    }

    /// <summary>A type that the program defines, for the calling convention; <see langword="null"/>: its type data has none, or several, of this name.</summary>
    public GoValueType? FindValueType(string name) => _types?.Value.Values.Find(name);

    /// <summary>
    /// How to get from a pointer to a struct to one of its fields, through pointers: each step is an offset, all but the last lead to the next pointer.
    /// <see langword="null"/>: <paramref name="whyNot"/> says why, as a sentence part.
    /// </summary>
    public (IReadOnlyList<int> Steps, GoValueType Type)? FindPath(string structName, IReadOnlyList<string> path, out string? whyNot)
    {
        whyNot = UnknownTypes;
        return _types?.Value.Values.Path(structName, path, out whyNot);
    }

    /// <summary>The type whose descriptor lies at a link-time address, as Go prints it: <c>*errors.errorString</c>; <see langword="null"/>: there is none.</summary>
    public string? TypeNameAt(ulong address)
    {
        try
        {
            return _types?.Value.NameOf(address);
        }
        catch (ElfException)
        {
            return null;
        }
    }

    /// <summary>The code of a function as it is in the file.</summary>
    public byte[] ReadCode(GoFunction function)
    {
        long offset = _elf.Memory.Offset(function.Address, function.Size);
        byte[] code = new byte[function.Size];
        _elf.Read((ulong)offset, code);
        return code;
    }

    /// <summary>
    /// Byte offset of a field in a struct: ("net/http", "Request", "URL"). <see langword="null"/> when the type data has no such type or field.
    /// </summary>
    public int? FindField(string package, string type, string field) => _types?.Value.Fields.OffsetOf(package, type, field);

    /// <summary>
    /// A field with its kind, also inside structs that lie in the struct by value, embedded or not:
    /// ("google.golang.org/grpc/internal/transport", "ServerStream", "Stream.id"). <see langword="null"/> when there is none, or a pointer
    /// is in the way; <paramref name="whyNot"/> then says what, as a sentence part.
    /// </summary>
    public GoFieldInfo? FindFieldInfo(string package, string type, string path, out string? whyNot)
    {
        whyNot = UnknownTypes;
        return _types?.Value.Fields.Find(package, type, path, out whyNot);
    }

    /// <summary>
    /// Link-time address of an itab: ("*net/http.response", "net/http.ResponseWriter"). <see langword="null"/> when the linker made none: it
    /// may still be made at run time, and is then known by its type word, <see cref="FindType"/>.
    /// </summary>
    public ulong? FindItab(string concrete, string @interface) => _itabs?.Find(concrete, @interface);

    /// <summary>
    /// Link-time address of the descriptor of a named type or of a pointer to one ("*net/http.response"): the type word of an <c>any</c>.
    /// <see langword="null"/> when it is not in the type data, and also when several types share the name (function-local ones may).
    /// </summary>
    public ulong? FindType(string name) => _types?.Value.Index.Find(name)?.Address;

    /// <summary>
    /// Whether the program's maps are swiss tables (from Go 1.24, where the experiment flags do not say otherwise) or buckets, read off its
    /// map types; <see langword="null"/> when it has none.
    /// </summary>
    public bool? UsesSwissMaps => _types?.Value.Maps.UsesSwissMaps;

    /// <summary>
    /// How maps of a named type are laid out: "net/http.Header", "google.golang.org/grpc/metadata.MD". <see langword="null"/> when it is
    /// not known for certain; <paramref name="whyNot"/> then says why, as a sentence part.
    /// </summary>
    public GoMapLayout? FindMapLayout(string name, out string? whyNot)
    {
        whyNot = UnknownTypes;
        return _types?.Value.Maps.Find(name, out whyNot);
    }

    /// <summary>Variables of the Go runtime, in stripped programs too.</summary>
    public GoGlobals Globals { get; }

    /// <summary>
    /// Link-time address of the slice header <c>runtime.allgs</c>: pointer to the array of *g, length, capacity. <see langword="null"/>
    /// when it is not known for certain; <paramref name="whyNot"/> then says why, as a sentence part.
    /// </summary>
    public ulong? FindAllgs(out string? whyNot) => Globals.Find(GoGlobals.AllGs, out whyNot);

    /// <summary>"go1.24.4", "go1.24.4 X:nocoverageredesign", "devel go1.25-4a5b6c7".</summary>
    private static int? ParseMinor(string? version)
    {
        const string Prefix = "go1.";
        int at = version?.IndexOf(Prefix, StringComparison.Ordinal) ?? -1;
        if (at < 0)
            return null;
        ReadOnlySpan<char> digits = version.AsSpan(at + Prefix.Length);
        int end = digits.IndexOfAnyExceptInRange('0', '9');
        return int.TryParse(end < 0 ? digits : digits[..end], CultureInfo.InvariantCulture, out int minor) ? minor : null;
    }

    private int LowestMinor(PclnFormat format, TypeReader? reader) => (format, reader?.Section.MinMinor) switch
    {
        (PclnFormat.Go116, _) => reader is { WideNames: false } ? 17 : 16,
        (PclnFormat.Go118, _) => _types?.Value.Index.HasShiftedOffsets == false ? 19 : 18,
        (_, 20) => FindType("internal/runtime/maps.Map") is not null ? 24 : 20,
        (_, { } minor) => minor,
        _ => 20,
    };

    /// <summary>The functions of <see cref="GlobalCode"/>, from the same pass as others: a pass over a large program takes tens of ms.</summary>
    internal IReadOnlyDictionary<string, GoFunction> GlobalFunctions
    {
        get
        {
            if (_globalFunctions is null)
                FindFunctions(new HashSet<string>());
            return _globalFunctions!;
        }
    }

    /// <summary>What is made from one walk over the types.</summary>
    private sealed class GoTypes(TypeReader reader, TypeIndex index)
    {
        public TypeIndex Index => index;

        public StructFields Fields { get; } = new(reader, index);

        public ValueTypes Values => field ??= new ValueTypes(reader, index, Fields);

        public string NameOf(ulong address) => Encoding.UTF8.GetString(reader.ShortName(reader.Read(address)));

        public MapLayouts Maps => field ??= new MapLayouts(reader, index, Fields);
    }
}
