namespace Beyla.Testing;

/// <summary>
/// Raw records of the events ring in a text file, as the agent writes them with <c>ebpf.record_events</c>: a first line
/// <c>beyla-events 1</c>, then a line per record: the tracer's name, a space, the record in base64.
/// </summary>
public static class RecordedEvents
{
    /// <summary>The first line of such a file.</summary>
    public const string FirstLine = "beyla-events 1";

    /// <summary>Reads the records of one tracer, in the order of the ring.</summary>
    /// <exception cref="FormatException">The file is no recording, or a line of it is damaged; the message names the line.</exception>
    public static IReadOnlyList<byte[]> Read(string path, string tracer)
    {
        ArgumentException.ThrowIfNullOrEmpty(tracer);
        string[] lines = File.ReadAllLines(path);
        if (lines is not [FirstLine, ..]) throw new FormatException($"{path} is not a recording of events: its first line is not '{FirstLine}'.");
        List<byte[]> records = [];
        for (int i = 1; i < lines.Length; i++)
        {
            if (lines[i].Split(' ') is not [var name, var text]) throw new FormatException($"{path}:{i + 1}: a line is a tracer's name, a space and a record in base64.");
            if (name == tracer) records.Add(Convert.FromBase64String(text));
        }
        return records;
    }

    /// <summary>Runs the records of a file through a tracer.</summary>
    /// <returns>What it wrote, see <see cref="SpanRecorder.Spans"/>; dropped records stand there as <c>dropped: reason</c>.</returns>
    public static IReadOnlyList<string> Replay(string path, ITracer tracer)
    {
        ArgumentNullException.ThrowIfNull(tracer);
        SpanRecorder spans = new();
        foreach (byte[] record in Read(path, tracer.Name)) tracer.Decode(new BpfEvent(record), spans);
        return spans.All;
    }
}
