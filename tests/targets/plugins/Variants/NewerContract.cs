using Beyla;

namespace Variants;

/// <summary>Built for contract 2.0. Must never run.</summary>
public sealed class NewerContract() : EmptyTracer("newer-contract");
