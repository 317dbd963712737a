using System.Globalization;
using System.Text;

namespace Beyla.Host.Export.Prometheus;

/// <summary>
/// A page in the making, in one growing buffer that is used again. Formats: Prometheus' text exposition format 0.0.4 and OpenMetrics 1.0
/// (OpenMetrics specification, "Text format").
/// </summary>
internal sealed class Exposition
{
    private byte[] _buffer = new byte[64 * 1024];

    /// <summary>The format.</summary>
    public ExpositionFormat Format { get; private set; }

    /// <summary>Whether it is OpenMetrics.</summary>
    public bool IsOpenMetrics => Format == ExpositionFormat.OpenMetrics;

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

    /// <summary>What was written.</summary>
    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, Length);

    /// <summary>Begins a page.</summary>
    public void Begin(ExpositionFormat format)
    {
        const int keep = 1024 * 1024;
        if (_buffer.Length > keep) _buffer = new byte[64 * 1024];
        (Format, Length) = (format, 0);
    }

    /// <summary>Ends the page.</summary>
    public void End()
    {
        if (IsOpenMetrics) Add("# EOF\n"u8);
    }

    /// <summary>Writes what precedes the samples of a family.</summary>
    /// <param name="family">Its name, a counter's without <c>_total</c>, an info's without <c>_info</c>.</param>
    /// <param name="type"><c>counter</c>, <c>gauge</c>, <c>histogram</c> or <c>info</c>.</param>
    /// <param name="unit">Its unit as a word; empty: none.</param>
    /// <param name="help">One sentence.</param>
    public void Head(string family, string type, string unit, string help)
    {
        // The older format knows the samples' names only, and no infos.
        string name = IsOpenMetrics ? family : type switch { "counter" => family + "_total", "info" => family + "_info", _ => family };
        if (!IsOpenMetrics && type == "info") type = "gauge";
        Line("# HELP ", name, Escape(help, quotes: IsOpenMetrics));
        Line("# TYPE ", name, type);
        if (IsOpenMetrics && unit.Length > 0 && family.EndsWith("_" + unit, StringComparison.Ordinal)) Line("# UNIT ", name, unit);
    }

    /// <summary>Writes bytes.</summary>
    public void Add(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Room(bytes.Length));

    /// <summary>Writes text of ours.</summary>
    public void Add(string text)
    {
        int size = Encoding.UTF8.GetByteCount(text);
        Encoding.UTF8.GetBytes(text, Room(size));
    }

    /// <summary>Writes a whole number.</summary>
    public void Add(long number)
    {
        Span<byte> digits = stackalloc byte[24];
        number.TryFormat(digits, out int length, default, CultureInfo.InvariantCulture);
        Add(digits[..length]);
    }

    /// <summary>Writes a number.</summary>
    public void Add(double number)
    {
        if (double.IsInfinity(number)) Add(number > 0 ? "+Inf"u8 : "-Inf"u8);
        else
        {
            Span<byte> digits = stackalloc byte[32];
            number.TryFormat(digits, out int length, "R", CultureInfo.InvariantCulture);
            Add(digits[..length]);
        }
    }

    /// <summary>Writes the boundary of a bucket; OpenMetrics wants whole ones as <c>1.0</c>.</summary>
    public void Boundary(double number)
    {
        Add(number);
        if (IsOpenMetrics && double.IsInteger(number) && Math.Abs(number) < 1e15) Add(".0"u8);
    }

    /// <summary>Writes the value of a label; what is not UTF-8 becomes U+FFFD, as a reader would refuse the whole page.</summary>
    public void LabelValue(ReadOnlySpan<byte> utf8)
    {
        if (!System.Text.Unicode.Utf8.IsValid(utf8)) utf8 = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(utf8)); // rare
        for (int special; (special = utf8.IndexOfAny((byte)'\\', (byte)'"', (byte)'\n')) >= 0; utf8 = utf8[(special + 1)..])
        {
            Add(utf8[..special]);
            Add(utf8[special] switch { (byte)'\\' => "\\\\"u8, (byte)'"' => "\\\""u8, _ => "\\n"u8 });
        }
        Add(utf8);
    }

    /// <summary>Takes back everything after a length.</summary>
    public void Truncate(int length) => Length = length;

    private void Line(string begin, string name, string rest)
    {
        Add(begin);
        Add(name);
        Add(" "u8);
        Add(rest);
        Add("\n"u8);
    }

    private static string Escape(string help, bool quotes)
    {
        string escaped = help.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
        return quotes ? escaped.Replace("\"", "\\\"", StringComparison.Ordinal) : escaped;
    }

    private Span<byte> Room(int bytes)
    {
        if (_buffer.Length - Length < bytes) Array.Resize(ref _buffer, Math.Max(2 * _buffer.Length, Length + bytes));
        Length += bytes;
        return _buffer.AsSpan(Length - bytes, bytes);
    }
}
