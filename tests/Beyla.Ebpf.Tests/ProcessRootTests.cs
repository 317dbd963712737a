using System.Diagnostics;

namespace Beyla.Ebpf.Tests;

public sealed class ProcessRootTests : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("beyla-root-");

    [Theory]
    [InlineData("/file", "text")]
    [InlineData("/link", "text")]            // a relative link, as in volumes of Kubernetes
    [InlineData("/outside", null)]           // an absolute link leads into the process' root, where there is no such file
    [InlineData("/up", "text")]              // .. ends at the root
    [InlineData("/pipe", null)]
    [InlineData("/folder", null)]
    [InlineData("/large", null)]
    [InlineData("/missing", null)]
    public async Task TryReadText_InTheRootOfAnotherProcess_NeverLeavesIt(string path, string? text)
    {
        if (!Environment.IsPrivilegedProcess) return;             // chroot(2) needs root
        await File.WriteAllTextAsync(Path.Combine(_root.FullName, "file"), "text");
        await File.WriteAllTextAsync(Path.Combine(_root.FullName, "large"), new string('x', 101));
        _root.CreateSubdirectory("folder");
        File.CreateSymbolicLink(Path.Combine(_root.FullName, "link"), "file");
        File.CreateSymbolicLink(Path.Combine(_root.FullName, "up"), "../../../../../../file");
        File.CreateSymbolicLink(Path.Combine(_root.FullName, "outside"), "/etc/hostname");
        using Process jailed = Process.Start(new ProcessStartInfo("/usr/bin/python3",
            ["-c", "import os, sys, time; os.chdir(sys.argv[1]); os.mkfifo('pipe'); os.chroot('.'); print('ready', flush=True); time.sleep(600)", _root.FullName])
        {
            RedirectStandardOutput = true,
        })!;
        try
        {
            Assert.Equal("ready", await jailed.StandardOutput.ReadLineAsync());
            Assert.True(File.Exists("/etc/hostname"));

            Assert.Equal(text, ProcessRoot.TryReadText(jailed.Id, path, 100));
        }
        finally
        {
            jailed.Kill();
        }
    }

    [Fact]
    public void TryReadText_OfAProcessThatIsGone_IsNull() => Assert.Null(ProcessRoot.TryReadText(int.MaxValue, "/etc/hostname", 100));

    public void Dispose() => _root.Delete(recursive: true);
}
