using Beyla;

namespace Variants;

/// <summary>Uses version 2 of the same library.</summary>
public sealed class Second() : EmptyTracer("second")
{
    public override void Decode(in BpfEvent e, ISpanWriter spans) => spans.Drop(Library.LibraryVersion.Text);
}
