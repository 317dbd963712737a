using Beyla;

namespace Variants;

/// <summary>A library that has no plugin attribute.</summary>
public sealed class NotAPlugin() : EmptyTracer("not-a-plugin");
