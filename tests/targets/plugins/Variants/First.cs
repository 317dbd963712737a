using Beyla;

namespace Variants;

/// <summary>Uses version 1 of a private library, and host services.</summary>
public sealed class First() : EmptyTracer("first")
{
    public override void Decode(in BpfEvent e, ISpanWriter spans) => spans.Drop(Library.LibraryVersion.Text);
}
