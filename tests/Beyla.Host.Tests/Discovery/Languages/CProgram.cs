using System.Diagnostics;
using EndToEnd.Harness;

namespace Beyla.Host.Tests.Discovery.Languages;

/// <summary>A small C program, compiled for a test; its file is gone at the end.</summary>
internal sealed class CProgram : IDisposable
{
    private const string Compiler = "/usr/bin/gcc";
    private readonly TemporaryFolder _folder = new();

    public CProgram(string code, params string[] flags)
    {
        using Process gcc = Process.Start(new ProcessStartInfo(Compiler, ["-o", Path, _folder.Write("main.c", code), .. flags]))!;
        gcc.WaitForExit();
        Assert.Equal(0, gcc.ExitCode);
    }

    public string Path => _folder.File("main");

    public void Dispose() => _folder.Dispose();
}
