using System.Globalization;

namespace Beyla.Host.Commands.Trace;

/// <summary>Which calls are wanted, by one argument.</summary>
/// <param name="Value">Index of the argument.</param>
/// <param name="Comparison"><c>enum comparison</c>: 1 = ==, 2 !=, 3 &lt;, 4 &lt;=, 5 &gt;, 6 &gt;=.</param>
/// <param name="Operand">What it is compared with.</param>
internal sealed record TraceCondition(int Value, uint Comparison, long Operand)
{
    private static readonly string[] Signs = ["==", "!=", "<=", ">=", "<", ">"];
    private static readonly uint[] Numbers = [1, 2, 4, 6, 3, 5];

    /// <summary>Reads <c>n &gt; 100</c>.</summary>
    /// <exception cref="FormatException">A sentence says what is wrong.</exception>
    public static TraceCondition Parse(string text, IReadOnlyList<TracedValue> arguments)
    {
        int sign = Array.FindIndex(Signs, s => text.Contains(s, StringComparison.Ordinal));
        string[] sides = sign < 0 ? [] : text.Split(Signs[sign], 2, StringSplitOptions.TrimEntries);
        if (sides.Length != 2) throw new FormatException($"--where: '{text}' is no condition like 'n > 100'");
        int index = arguments.ToList().FindIndex(a => a.Name == sides[0]);
        if (index < 0) throw new FormatException($"--where: there is no argument '{sides[0]}'; there are {string.Join(", ", arguments.Select(a => a.Name))}");
        if (arguments[index] is not { Form: ValueForm.Word, Type.IsFloat: false }) throw new FormatException($"--where: {sides[0]} is no whole number");
        long operand = sides[1] switch
        {
            "true" => 1,
            "false" => 0,
            var number when long.TryParse(number, CultureInfo.InvariantCulture, out long value) => value,
            var number when ulong.TryParse(number, CultureInfo.InvariantCulture, out ulong value) => (long)value,
            _ => throw new FormatException($"--where: '{sides[1]}' is no whole number"),
        };
        return new TraceCondition(index, Numbers[sign], operand);
    }
}
