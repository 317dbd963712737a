using Beyla.Elf;

namespace Beyla.Host.Attachment;

/// <summary>Answers the rows of a tracer's tables from a Go binary.</summary>
internal static class GoFacts
{
    /// <summary>The value for the row's slot; null when the binary has no such field.</summary>
    public static int? Find(GoBinary go, GoField row) => go.FindField(row.Package, row.Type, row.Field);

    /// <summary>The type's link-time address; null when the binary has no such type.</summary>
    public static ulong? Find(GoBinary go, GoType row) => null;
}
