using Beyla.Elf;
using Beyla.Elf.Dwarf;
using Beyla.Elf.Sites;
using Beyla.Host.Attachment;

namespace Beyla.Host.Commands.Trace;

/// <summary>Finds a function by what the user typed.</summary>
/// <param name="elf">The executable.</param>
/// <param name="go">The same as a Go program; null: it is none.</param>
internal sealed class FunctionFinder(ElfFile elf, GoBinary? go)
{
    private const int Suggestions = 3;

    /// <summary>Finds it.</summary>
    /// <param name="typed">A name, or a signature.</param>
    /// <param name="paths">Fields to show beside the arguments: <c>c.remoteAddr</c>.</param>
    /// <exception cref="FormatException">There is none, or the signature is wrong; a sentence says what to do.</exception>
    /// <exception cref="SiteException">It cannot be probed.</exception>
    public TracedFunction Find(string typed, IReadOnlyList<string> paths)
    {
        string name = SignatureParser.NameOf(typed);
        if (go is not null && FindGo(name) is { } function) return Go(function, typed, paths);
        if (CFunctions.Find(elf, name, ProbePosition.Entry, returns: true, out string? reason, onlyReturnProbe: true) is [var site, ..]) return C(name, typed, site, paths);
        throw new FormatException(NotFound(name, reason));
    }

    /// <summary>Names, with signatures where DWARF has them.</summary>
    /// <param name="pattern"><c>*</c> stands for any characters.</param>
    public IEnumerable<string> List(string pattern)
    {
        if (go is null) return [];
        Spans.Filters.Glob glob = new(pattern);
        string[] names = [.. go.FunctionNames.Distinct().Where(glob.IsMatch).Order(StringComparer.Ordinal)];
        HashSet<string> wanted = [.. names];
        Dictionary<string, GoSignature> signatures = [];
        foreach (GoSignature signature in Dwarf()?.All(wanted) ?? []) signatures.TryAdd(signature.Function, signature);
        return names.Select(n => signatures.TryGetValue(n, out GoSignature? known) ? known.ToString() : n);
    }

    private GoFunction? FindGo(string name)
    {
        if (go!.FindFunctions(new HashSet<string> { name }).TryGetValue(name, out GoFunction exact)) return exact;
        // Without its package, when that leaves no doubt.
        string[] full = [.. go.FunctionNames.Where(n => n.EndsWith($".{name}", StringComparison.Ordinal)).Distinct().Take(2)];
        return full.Length == 1 ? go.FindFunctions(new HashSet<string> { full[0] })[full[0]] : null;
    }

    private string NotFound(string name, string? whyNoSymbol)
    {
        if (go is null) return $"{elf.Path} is no Go program, and '{name}' {whyNoSymbol}.";
        if (go.IsOnlyInlined(name)) return $"'{name}' has no code of its own: the compiler inlined it wherever it is called. Build with -gcflags=-l, or trace its callers.";
        string last = name[(name.LastIndexOf('.') + 1)..];
        string[] names = [.. go.FunctionNames.Distinct()];
        string[] near = [.. names.Where(n => n.EndsWith($".{last}", StringComparison.OrdinalIgnoreCase)).Take(Suggestions)];
        if (near.Length == 0 && Configuration.NearestName.Find(name, names) is { } nearest) near = [nearest];
        // A package may be long, or not have been typed: then the function's own name decides.
        if (near.Length == 0 && Configuration.NearestName.Find(last, names.Select(n => n[(n.LastIndexOf('.') + 1)..])) is { } own)
            near = [.. names.Where(n => n.EndsWith($".{own}", StringComparison.Ordinal)).Take(Suggestions)];
        return near.Length > 0
            ? $"{elf.Path} has no function '{name}'; did you mean {string.Join(" or ", near.Select(n => $"'{n}'"))}?"
            : $"{elf.Path} has no function '{name}'; --list '*{last}*' lists those with a similar name.";
    }

    private TracedFunction Go(GoFunction function, string typed, IReadOnlyList<string> paths)
    {
        List<string> notes = [];
        GoSignature? signature = SignatureOf(function.Name, typed, notes);
        GoCallingConvention convention = GoCallingConvention.Of(elf.Machine, go!.Minor);
        (IReadOnlyList<GoArgument> parameters, IReadOnlyList<GoArgument> results) = signature is null ? ([], []) : convention.Assign(signature);
        FunctionCode code = new(function.Name, function.Address, go.ReadCode(function), go.FunctionNameAt) { IsAarch64 = elf.Machine == ElfMachine.Aarch64 };
        List<TracedValue> arguments = [.. parameters.SelectMany(p => TracedValue.Of(p, elf.Machine)), .. paths.Select(p => OfPath(p, function.Name, parameters, convention))];
        List<TracedValue> returned = [.. results.SelectMany(r => TracedValue.Of(r, elf.Machine))];
        List<ulong> callers = [];
        List<PlannedSite> moved = [];
        if (returned.FindIndex(r => r.Type.IsFloat && r.WhyNot is not null) is >= 0 and int first && elf.Machine == ElfMachine.X86_64)
        {
            // A second one lies in xmm1, which is not followed.
            FindFloatResult(function, callers, moved, out int unreadable);
            if (callers.Count > 0) returned[first] = returned[first] with { Form = ValueForm.Word, First = new TracePlace(TracePlace.BehindCall, 0), WhyNot = null };
            if (unreadable > 0 || callers.Count == 0)
                notes.Add($"the floating-point result is read behind {callers.Count} of {callers.Count + unreadable} direct calls; behind others no probe can read it, and it is shown as ?");
        }
        if (signature is not null)
            notes.AddRange(arguments.Concat(returned).Where(v => v.WhyNot is not null).Select(v => $"{(v.Name.Length == 0 ? "a result" : v.Name)} is not shown: {v.WhyNot}"));
        if (arguments.Count > TracePlan.Arguments) notes.Add($"only the first {TracePlan.Arguments} values of the arguments are shown");
        return new TracedFunction(function.Name, signature?.ToString(), [Planned(EntrySite.Choose(code))], [.. ReturnSites.Returns(code).Select(Planned)], IsC: false)
        {
            Arguments = [.. arguments.Take(TracePlan.Arguments)],
            Results = [.. returned.Take(TracePlan.Results)],
            Callers = callers,
            MovedResults = moved,
            Goid = go.Minor < 17 ? TracePlan.GoroutinesHidden : go.FindField("runtime", "g", "goid") is { } goid ? (ulong)goid : TracePlan.GoroutinesHidden,
            Notes = notes,
        };
    }

    private GoSignature? SignatureOf(string function, string typed, List<string> notes)
    {
        if (SignatureParser.Parse(typed, go!.FindValueType) is { } told) return told;
        try
        {
            if (Dwarf()?.Find(function) is { } known) return known;
        }
        catch (ElfException e)
        {
            notes.Add($"its debug data cannot be read: {e.Message}");
        }
        notes.Add($"the types of its arguments are not known (no DWARF in the file); give them like '{function}(n int64, name string) error' to see them");
        // The receiver's type is in the name.
        return SignatureParser.IsPointerMethod(function)
            ? new GoSignature(function, [new GoParameter("receiver", SignatureParser.Pointer(function))], [], "its name")
            : null;
    }

    /// <summary><c>c.server.Addr</c>: a field of what an argument points to, from the program's type data.</summary>
    private TracedValue OfPath(string path, string function, IReadOnlyList<GoArgument> parameters, GoCallingConvention convention)
    {
        string[] names = path.Split('.');
        GoArgument? argument = parameters.FirstOrDefault(p => p.Parameter.Name == names[0]);
        // Without DWARF nobody knows the receiver's name: the one that is no parameter's is taken for it.
        if (argument is null && SignatureParser.IsPointerMethod(function))
        {
            GoSignature receiver = new(function, [new GoParameter(names[0], SignatureParser.Pointer(function))], [], "its name");
            argument = convention.Assign(receiver).Parameters[0];
        }
        if (argument is not { Parameter.Type: { Kind: GoKind.Pointer, Name: ['*', ..] } pointer } || names.Length < 2)
            throw new FormatException($"--print: '{names[0]}' is no argument that points to a struct; write ARGUMENT.FIELD");
        if ((FieldPath.Of(pointer, names[1..], out string? whyNot) ?? go!.FindPath(pointer.Name[1..], names[1..], out whyNot)) is not var (steps, type))
            throw new FormatException($"--print: '{path}': {whyNot}.");
        if (steps.Count > TracePlan.Steps) throw new FormatException($"--print: '{path}' leads through more than {TracePlan.Steps} pointers");
        if (TracedValue.FormOf(type) is ValueForm.None) throw new FormatException($"--print: '{path}' is of type {type.Name}: name a field of it");
        return new TracedValue(path, type, TracedValue.FormOf(type), TracePlace.Of(argument.Pieces[0], elf.Machine), default) { Path = steps };
    }

    private void FindFloatResult(GoFunction function, List<ulong> callers, List<PlannedSite> moved, out int unreadable)
    {
        unreadable = 0;
        foreach ((GoFunction caller, ulong call) in go!.FindCalls(function))
        {
            IReadOnlyList<ProbeSite> sites = CallSites.AfterCall(new FunctionCode(caller.Name, caller.Address, go.ReadCode(caller), go.FunctionNameAt), call, out ulong returnAddress);
            if (sites.Count > 0) callers.Add(returnAddress);
            else if (returnAddress != 0) unreadable++;
            moved.AddRange(sites.Select(Planned));
        }
    }

    private TracedFunction C(string name, string typed, PlannedSite site, IReadOnlyList<string> paths)
    {
        if (paths.Count > 0) throw new FormatException("--print: fields are known of Go programs only");
        // The words of C: an int is in the lower half of its register.
        GoSignature? signature = SignatureParser.Parse(typed, CTypes.Find);
        List<TracedValue> arguments = [.. (signature?.Parameters ?? []).Take(TracePlace.CArguments)
            .Select((p, i) => new TracedValue(p.Name, p.Type, ValueForm.Word, TracePlace.OfC(i, elf.Machine), default))];
        GoParameter? result = signature?.Results.Count > 0 ? signature.Results[0] : null;
        return new TracedFunction(name, signature?.ToString(), [site], [site], IsC: true)
        {
            Arguments = arguments,
            Results = result is null ? [] : [new TracedValue("", result.Type, ValueForm.Word, TracePlace.CResult(elf.Machine), default)],
            Notes = signature is null ? [$"the types of its arguments are not known; give them like '{name}(fd int32, size uint64) int64' to see them"] : [],
        };
    }

    private PlannedSite Planned(ProbeSite site) => elf.TryGetFileOffset(site.Address, out ulong offset)
        ? new PlannedSite(site, offset)
        : throw new ElfException($"address 0x{site.Address:x} lies in no loaded segment of {elf.Path}", 0);

    private DwarfSignatures? Dwarf() => DwarfSignatures.TryRead(elf);
}
