using Beyla.Host.Export.Otlp.Wire;

namespace Beyla.Host.Export.Otlp.Sending;

/// <summary>Telemetry that travels in one request: spans or metric points.</summary>
internal interface IExportBatch
{
    /// <summary>How many spans or points.</summary>
    int Items { get; }

    /// <summary>Writes the fields of the export request. Called once, on the sender's thread.</summary>
    void WriteTo(ProtobufWriter request);

    /// <summary>The batch was sent or dropped and may be used again.</summary>
    void Release();
}
