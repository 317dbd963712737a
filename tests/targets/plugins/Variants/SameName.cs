using Beyla;

namespace Variants;

/// <summary>Takes the name of <c>First</c>.</summary>
public sealed class SameName() : EmptyTracer("first");
