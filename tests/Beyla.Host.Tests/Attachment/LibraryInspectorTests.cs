using Beyla.Host.Attachment;

namespace Beyla.Host.Tests.Attachment;

public class LibraryInspectorTests
{
    private static readonly MappedFile Libc = MappedFile.Of(Environment.ProcessId).First(f => f.Name.StartsWith("libc.so", StringComparison.Ordinal));
    private static readonly ProbeGroup Calls = new("calls");

    [Fact]
    public void Inspect_FunctionOfLibc_HasSite()
    {
        LibraryGroup group = Inspect(Probe("connect"));

        Assert.True(group.Attachable);
        Assert.Null(group.Reason);
        Assert.NotEqual(0, group.Probes[0].Site!.Site.Bytes.Length);
    }

    [Fact]
    public void Inspect_EntryAndReturnOfOneFunction_ShareTheSite()
    {
        LibraryGroup group = Inspect(Probe("connect"), Probe("connect", ProbePosition.Return));

        Assert.Equal(group.Probes[0].Site!.FileOffset, group.Probes[1].Site!.FileOffset);
    }

    [Fact]
    public void Inspect_RequiredFunctionMissing_GroupIsOffAndNamesIt()
    {
        LibraryGroup group = Inspect(Probe("connect"), Probe("no_such_function"));

        Assert.False(group.Attachable);
        Assert.Equal("function no_such_function is not in its symbol tables", group.Reason);
    }

    [Fact]
    public void Inspect_OptionalFunctionsMissing_GroupGoesWithoutAndNamesThoseThatMatter()
    {
        LibraryGroup group = Inspect(Probe("connect"), Probe("missed", failure: FailureMode.Warn), Probe("luxury", failure: FailureMode.Ignore));

        Assert.True(group.Attachable);
        Assert.Equal("goes without: function missed is not in its symbol tables", group.Reason);
    }

    [Fact]
    public void Inspect_ExecutableWithoutTheFunctions_IsNotConcerned() =>
        Assert.Empty(new LibraryInspector([new Tables(Probe("SSL_read"))]).Inspect(Libc.Path, Libc.Path, isExecutable: true).Groups);

    [Theory]
    [InlineData("libssl.so.3", true)]
    [InlineData("libssl.so", true)]
    [InlineData("libsslx.so.3", false)]
    [InlineData("notlibssl.so.3", false)]
    public void Concerns_FileName_GoesByThePattern(string name, bool expected) =>
        Assert.Equal(expected, new LibraryInspector([new Tables(Probe("SSL_read") with { Library = "libssl.so*" })]).Concerns(name));

    private static LibraryProbe Probe(string symbol, ProbePosition position = ProbePosition.Entry, FailureMode failure = FailureMode.Required) =>
        new(Calls, "libc.so*", symbol, "program", position, failure);

    private static LibraryGroup Inspect(params LibraryProbe[] probes) =>
        Assert.Single(new LibraryInspector([new Tables(probes)]).Inspect(Libc.Path, Libc.Path, isExecutable: false).Groups);

    private sealed class Tables(params LibraryProbe[] probes) : ITracer, IUprobeSet
    {
        public string Name => "tables";

        public BpfObjectSource Bpf => BpfObjectSource.EmbeddedIn<Tables>("none");

        public IReadOnlyList<GoProbe> GoProbes => [];

        public IReadOnlyList<GoField> GoFields => [];

        public IReadOnlyList<GoItab> GoItabs => [];

        public IReadOnlyList<LibraryProbe> LibraryProbes => probes;

        public void Decode(in BpfEvent e, ISpanWriter spans) => throw new NotSupportedException();
    }
}
