namespace Beyla;

/// <summary>The user-space side of a tracer: functions to probe and facts of the target binary that its BPF programs need. Pure data.</summary>
public interface IUprobeSet
{
    /// <summary>Go functions to probe.</summary>
    IReadOnlyList<GoProbe> GoProbes { get; }

    /// <summary>Struct fields whose offsets the BPF side reads from its slot table.</summary>
    IReadOnlyList<GoField> GoFields { get; }

    /// <summary>Itabs (concrete type behind an interface) whose run-time addresses the BPF side compares with.</summary>
    IReadOnlyList<GoItab> GoItabs { get; }

    /// <summary>Types whose run-time addresses the BPF side compares with.</summary>
    IReadOnlyList<GoType> GoTypes => [];

    /// <summary>Arguments of goroutines that the BPF side finds on their stacks.</summary>
    IReadOnlyList<GoroutineArgument> GoroutineArguments => [];

    /// <summary>Functions of shared libraries to probe.</summary>
    IReadOnlyList<LibraryProbe> LibraryProbes { get; }
}
