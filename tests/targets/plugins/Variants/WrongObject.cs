using System.Runtime.InteropServices;
using Beyla;

namespace Variants;

/// <summary>Its tables and its event struct were written for another BPF object.</summary>
public sealed class WrongObject() : EmptyTracer("wrong-object")
{
    public override BpfObjectSource Bpf => BpfObjectSource.EmbeddedIn<WrongObject>("WrongObject.bpf.o");
}

/// <summary>The C struct has a field before <see cref="Count"/>.</summary>
[BpfStruct("wrong_event")]
[StructLayout(LayoutKind.Sequential)]
public struct WrongEvent
{
    public EventHeader Header;
    public uint Count;
}
