using System.Text;

namespace Beyla.Validation;

/// <summary>How names in C# and names in C correspond.</summary>
public static class BpfName
{
    private const string SlotPrefix = "SLOT_";

    /// <summary>The C name of a C# field or property: <c>MethodLength</c> → <c>method_length</c>, <c>TraceID</c> → <c>trace_id</c>, <c>_unused</c> → <c>unused</c>.</summary>
    public static string Field(string name)
    {
        StringBuilder result = new();
        for (int i = 0; i < name.Length; i++)
        {
            bool newWord = char.IsUpper(name[i]) && i > 0
                && (!char.IsUpper(name[i - 1]) || i + 1 < name.Length && char.IsLower(name[i + 1]));
            if (newWord && result is [.., not '_']) result.Append('_');
            if (name[i] != '_' || result.Length > 0) result.Append(char.ToLowerInvariant(name[i]));
        }
        return result.ToString();
    }

    /// <summary>
    /// The table name of a constant of <c>enum slot</c>: <c>SLOT_REQUEST_URL</c> → <c>request_url</c>; <see langword="null"/> for constants that
    /// are no slots, such as the count <c>SLOTS</c>.
    /// </summary>
    public static string? Slot(string constant) =>
        constant.StartsWith(SlotPrefix, StringComparison.Ordinal) ? constant[SlotPrefix.Length..].ToLowerInvariant() : null;
}
