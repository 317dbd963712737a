using System.Runtime.CompilerServices;

namespace Beyla.Tests;

/// <summary>The contract's public surface is a text file: whoever changes the one changes the other, and a reviewer sees it.</summary>
public sealed class ApprovedApiTests
{
    [Fact]
    public void PublicSurface_ComparedWithApprovedApi_IsTheSame()
    {
        string file = ApprovedFile();
        string now = PublicApi.Render(typeof(ITracer).Assembly);
        if (Environment.GetEnvironmentVariable("BEYLA_APPROVE") == "1") File.WriteAllText(file, now);

        string approved = File.Exists(file) ? File.ReadAllText(file) : "";

        string[] difference = [.. Lines(approved).Except(Lines(now)).Select(l => "- " + l), .. Lines(now).Except(Lines(approved)).Select(l => "+ " + l)];
        Assert.True(now == approved,
            "The public surface of Beyla.Abstractions is not the one in ApprovedApi.txt. If the change is wanted: raise Contract.Version when plugins "
            + "must know of it, run the test with BEYLA_APPROVE=1 and commit the file.\n" + string.Join('\n', difference));
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.TrimEntries);

    private static string ApprovedFile([CallerFilePath] string here = "")
    {
        // A deterministic build maps the path; then the file is found from the output folder.
        if (!File.Exists(here))
        {
            string directory = AppContext.BaseDirectory;
            while (!File.Exists(Path.Combine(directory, "Beyla.slnx"))) directory = Path.GetDirectoryName(directory)!;
            here = Path.Combine(directory, "tests", "Beyla.Abstractions.Tests", "ApprovedApiTests.cs");
        }
        return Path.Combine(Path.GetDirectoryName(here)!, "ApprovedApi.txt");
    }
}
