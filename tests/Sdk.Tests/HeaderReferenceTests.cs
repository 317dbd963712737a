using EndToEnd.Harness;

namespace Sdk.Tests;

public sealed class HeaderReferenceTests
{
    /// <summary>What goes with a function of the same comment, in one breath, needs none of its own.</summary>
    private static readonly string[] s_told = ["event.h: event_reserve_bytes", "attachment.h: slot_present"];

    private static string Headers { get; } = Path.Combine(Repository.Root, "bpf", "include", "beyla");

    [Fact]
    public void Document_OfTheHeaders_IsUpToDate()
    {
        string path = Path.Combine(Repository.Root, "docs", "authoring", "headers.md"), text = HeaderReference.Render(Headers);
        if (Environment.GetEnvironmentVariable("BEYLA_UPDATE_DOCS") == "1") File.WriteAllText(path, text);

        Assert.Equal(File.ReadAllText(path), text);
    }

    [Fact]
    public void Functions_OfTheHeaders_HaveComments() => Assert.Empty(HeaderReference.WithoutComment(Headers).Except(s_told));
}
