using Beyla.Elf;

namespace Beyla.Host.Attachment;

/// <summary>Answers the rows of a tracer's tables from a Go binary.</summary>
internal static class GoFacts
{
    /// <summary>The value for the row's slot; null when the binary has no such field.</summary>
    public static int? Find(GoBinary go, GoField row) => row.Fact == FieldFact.Offset && !row.Field.Contains('.')
        ? go.FindField(row.Package, row.Type, row.Field)
        : go.FindFieldInfo(row.Package, row.Type, row.Field, out _) switch
        {
            null => null,
            { Offset: var offset } when row.Fact == FieldFact.Offset => offset,
            { Offset: var offset, Kind: var kind } when row.Fact == FieldFact.PointerOffset => kind == GoKind.Interface ? offset + 8 : offset,
            { Kind: GoKind.Pointer } => 1,
            _ => 0,
        };

    /// <summary>The type's link-time address; null when the binary has no such type.</summary>
    public static ulong? Find(GoBinary go, GoType row) => go.FindType(row.Type);
}
