namespace Beyla;

/// <summary>The kernel side of a tracer: hooks that are attached once per host, not per executable. Pure data.</summary>
public interface IKprobeSet
{
    /// <summary>The kernel hooks, each with its alternatives ("fronts"), best first.</summary>
    IReadOnlyList<KernelHook> KernelHooks { get; }
}
