namespace Beyla;

/// <summary>A range of Go minor versions, both ends included: <c>new(17, 22)</c> is Go 1.17 to 1.22.</summary>
/// <param name="From">Lowest minor version, 0 for no limit.</param>
/// <param name="To">Highest minor version.</param>
public readonly record struct GoVersionRange(int From, int To)
{
    /// <summary>Every version.</summary>
    public static GoVersionRange Any => new(0, int.MaxValue);

    /// <summary>Whether Go 1.<paramref name="minor"/> is in the range.</summary>
    public bool Contains(int minor) => minor >= From && minor <= To;

    /// <inheritdoc/>
    public override string ToString() => (From, To) switch
    {
        (0, int.MaxValue) => "any Go",
        (_, int.MaxValue) => $"Go 1.{From} and later",
        (0, _) => $"Go up to 1.{To}",
        _ => $"Go 1.{From} to 1.{To}",
    };
}
