using Beyla;

namespace Variants;

/// <summary>Cannot be made.</summary>
public sealed class ThrowingConstructor : EmptyTracer
{
    public ThrowingConstructor() : base("throwing-constructor") => throw new InvalidOperationException("no luck today");
}
