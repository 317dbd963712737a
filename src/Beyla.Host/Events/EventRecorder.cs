using Beyla.Testing;

namespace Beyla.Host.Events;

/// <summary>
/// Writes every record of the ring to a text file, for replay without a kernel: a line per record, the tracer's name and the record in base64
/// (docs/formats.md). A tool for authors: it allocates and must not be on in production.
/// </summary>
internal sealed class EventRecorder : IDisposable
{
    private readonly StreamWriter _file;

    /// <exception cref="IOException">The file cannot be written.</exception>
    public EventRecorder(string path)
    {
        _file = new StreamWriter(path) { NewLine = "\n" };
        _file.WriteLine(RecordedEvents.FirstLine);
    }

    public void Write(string tracer, ReadOnlySpan<byte> record)
    {
        _file.Write(tracer);
        _file.Write(' ');
        _file.WriteLine(Convert.ToBase64String(record));
    }

    public void Dispose() => _file.Dispose();
}
