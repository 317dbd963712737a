using Beyla.Host.Export.Otlp.Sending;
using Beyla.Host.Export.Otlp.Wire;
using Beyla.Host.Spans;

namespace Beyla.Host.Export.Otlp.Traces;

/// <summary>
/// Encoded spans of many processes, in the order in which they came, in one buffer; put together by process and tracer when they are sent.
/// Reused: nothing is allocated per span once the buffers have grown.
/// </summary>
/// <param name="resources">The resources of the processes.</param>
/// <param name="scopes">The scopes of the tracers.</param>
/// <param name="release">Takes the batch back after it was sent or dropped.</param>
internal sealed class SpanBatch(ProcessResources resources, TracerScopes scopes, Action<SpanBatch> release) : IExportBatch
{
    private const int ResourceSpans = 1; // ExportTraceServiceRequest
    private const int Resource = 1, ScopeSpans = 2; // ResourceSpans
    private const int Scope = 1; // ScopeSpans
    private const int None = -1;

    private readonly ProtobufWriter _spans = new();
    private readonly List<Entry> _entries = [];
    private readonly List<Section> _sections = [];
    private readonly Dictionary<(uint Process, string Tracer), int> _byKey = [];
    private int _lastSection;

    /// <summary>An encoded span.</summary>
    private record struct Entry(int Offset, int Length, int Next);

    /// <summary>The spans of one tracer in one process: a list through <see cref="Entry.Next"/>.</summary>
    private record struct Section(TracedProcess Process, string Tracer, int First, int Last);

    public int Items => _entries.Count;

    /// <summary>When the first span came (<see cref="TimeProvider.GetTimestamp"/>).</summary>
    public long Since { get; set; }

    /// <summary>Encodes a span.</summary>
    public void Add(Span span, in SpanContext context, int attributeLimit)
    {
        int offset = _spans.Length, entry = _entries.Count;
        _spans.Span(span, context.WallOffset, attributeLimit);
        _entries.Add(new Entry(offset, _spans.Length - offset, None));

        int index = SectionOf(context);
        Section section = _sections[index];
        if (section.Last == None) section.First = entry;
        else _entries[section.Last] = _entries[section.Last] with { Next = entry };
        _sections[index] = section with { Last = entry };
    }

    public void WriteTo(ProtobufWriter request)
    {
        // Few: one per process and tracer.
        _sections.Sort(static (a, b) => a.Process.Handle.CompareTo(b.Process.Handle));
        for (int i = 0; i < _sections.Count;)
        {
            TracedProcess process = _sections[i].Process;
            int resource = request.Open(ResourceSpans);
            request.Bytes(Resource, resources.Of(process).Encoded);
            for (; i < _sections.Count && _sections[i].Process.Handle == process.Handle; i++) WriteScope(request, _sections[i]);
            request.Close(resource);
        }
    }

    public void Release()
    {
        _spans.Reset();
        _entries.Clear();
        _sections.Clear();
        _byKey.Clear();
        _lastSection = 0;
        release(this);
    }

    private void WriteScope(ProtobufWriter request, Section section)
    {
        int scope = request.Open(ScopeSpans);
        request.Bytes(Scope, scopes.Of(section.Tracer));
        for (int i = section.First; i != None; i = _entries[i].Next)
            request.Raw(_spans.Written.Span.Slice(_entries[i].Offset, _entries[i].Length));
        request.Close(scope);
    }

    private int SectionOf(in SpanContext context)
    {
        // Spans of one process come in a row.
        if (_lastSection < _sections.Count && _sections[_lastSection] is var last
            && last.Process.Handle == context.Process.Handle && ReferenceEquals(last.Tracer, context.Tracer)) return _lastSection;
        if (!_byKey.TryGetValue((context.Process.Handle, context.Tracer), out int index))
        {
            index = _sections.Count;
            _sections.Add(new Section(context.Process, context.Tracer, None, None));
            _byKey.Add((context.Process.Handle, context.Tracer), index);
        }
        return _lastSection = index;
    }
}
