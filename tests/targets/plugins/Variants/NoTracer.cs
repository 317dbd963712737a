using Beyla;

namespace Variants;

/// <summary>A plugin without a tracer.</summary>
public static class NoTracer
{
    public static string Contract => Beyla.Contract.Version;
}
