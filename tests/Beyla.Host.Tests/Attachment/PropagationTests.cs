using Beyla.Host.Attachment;
using Beyla.Host.Tests.Configuration;

namespace Beyla.Host.Tests.Attachment;

public sealed class PropagationTests
{
    [Theory]
    [InlineData(null, AttachmentFlags.TraceContext)]
    [InlineData("tracecontext", AttachmentFlags.TraceContext)]
    [InlineData("b3", AttachmentFlags.B3)]
    [InlineData("b3multi", AttachmentFlags.B3)]
    [InlineData("b3, tracecontext,baggage", AttachmentFlags.B3 | AttachmentFlags.TraceContext)]
    [InlineData("jaeger,xray,ottrace,baggage", AttachmentFlags.None)]
    [InlineData("none", AttachmentFlags.None)]
    [InlineData("tracecontext,none", AttachmentFlags.None)]
    public void Of_OpenTelemetrysVariable_SaysWhatIsRead(string? variable, object flags)
    {
        ConfigurationSources sources = new();
        if (variable is not null) sources.Environment["OTEL_PROPAGATORS"] = variable;
        Assert.Equal((AttachmentFlags)flags, Propagation.Of(sources.Options().Traces.Propagators));
    }
}
