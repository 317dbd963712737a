using Beyla;

namespace Variants;

/// <summary>Needs the library as soon as it is made.</summary>
public sealed class MissingDependency() : EmptyTracer("missing-" + Library.LibraryVersion.Text);
