using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Beyla.Ebpf;

namespace Beyla.Host.Commands.Trace;

/// <summary>Calls as lines: for humans, or a JSON object each (docs/trace.md).</summary>
internal sealed class TracePrinter(TracedFunction function, ValueText values, bool json, TextWriter output)
{
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Prints one call.</summary>
    public void Print(in TraceCall call) => output.WriteLine(json ? Json(call) : Text(call));

    /// <summary>Prints latencies: a bar for each bucket from the first to the last that has calls.</summary>
    public static string Histogram(ulong[] buckets)
    {
        ulong most = buckets.Max();
        StringBuilder text = new();
        int first = Array.FindIndex(buckets, b => b > 0), last = Array.FindLastIndex(buckets, b => b > 0);
        for (int i = Math.Max(0, first); i <= last; i++)
            text.Append(CultureInfo.InvariantCulture, $"{Duration(1UL << i),9} .. {Duration(2UL << i),-9} {buckets[i],10} {new string('#', (int)(40 * buckets[i] / most))}").Append('\n');
        return text.ToString();
    }

    private string Text(in TraceCall call)
    {
        StringBuilder line = new();
        EventHeader header = call.Header;
        DateTimeOffset start = DateTimeOffset.UnixEpoch.AddTicks((long)(header.Start + (ulong)MonotonicClock.WallOffset()) / 100).ToLocalTime();
        line.Append(CultureInfo.InvariantCulture, $"{start:HH:mm:ss.ffffff} {Who(header)} {Duration(header.End - header.Start),9}  {function.Name}(");
        int index = 0;
        foreach (TracedValue argument in function.Arguments)
        {
            if (index > 0) line.Append(", ");
            if (argument.Name.Length > 0) line.Append(argument.Name).Append('=');
            line.Append(values.Of(argument, call.Value(index++)));
        }
        line.Append(')');
        for (int i = 0; i < function.Results.Count; i++)
            line.Append(i == 0 ? " = " : ", ").Append(function.Results[i].Name is { Length: > 0 } name ? $"{name}=" : "").Append(values.Of(function.Results[i], call.Value(TracePlan.Arguments + i)));
        return line.ToString();
    }

    private string Who(in EventHeader header) => function.Goid switch
    {
        TracePlan.NoGoroutines => string.Create(CultureInfo.InvariantCulture, $"thread {header.Execution}"),
        TracePlan.GoroutinesHidden => string.Create(CultureInfo.InvariantCulture, $"thread {header.Thread}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"goroutine {header.Execution}"),
    };

    private string Json(in TraceCall call)
    {
        using MemoryStream bytes = new();
        using (Utf8JsonWriter writer = new(bytes, Compact))
        {
            EventHeader header = call.Header;
            writer.WriteStartObject();
            writer.WriteString("function", function.Name);
            writer.WriteNumber("pid", header.Process);
            if (function.Goid < TracePlan.GoroutinesHidden) writer.WriteNumber("goid", header.Execution);
            writer.WriteNumber("startTimeUnixNano", header.Start + (ulong)MonotonicClock.WallOffset());
            writer.WriteNumber("durationNs", header.End - header.Start);
            writer.WriteStartObject("args");
            for (int i = 0; i < function.Arguments.Count; i++)
            {
                writer.WritePropertyName(function.Arguments[i].Name is { Length: > 0 } name ? name : string.Create(CultureInfo.InvariantCulture, $"{i}"));
                values.Write(writer, function.Arguments[i], call.Value(i));
            }
            writer.WriteEndObject();
            writer.WriteStartArray("return");
            for (int i = 0; i < function.Results.Count; i++) values.Write(writer, function.Results[i], call.Value(TracePlan.Arguments + i));
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
        return Encoding.UTF8.GetString(bytes.ToArray());
    }

    private static string Duration(ulong ns) => ns switch
    {
        < 1_000 => string.Create(CultureInfo.InvariantCulture, $"{ns}ns"),
        < 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{ns / 1e3:0.0}us"),
        < 1_000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{ns / 1e6:0.000}ms"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{ns / 1e9:0.000}s"),
    };
}
