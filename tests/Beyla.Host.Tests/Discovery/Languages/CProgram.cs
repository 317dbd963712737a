using System.Diagnostics;

namespace Beyla.Host.Tests.Discovery.Languages;

/// <summary>A small C program, compiled for a test; its file is gone at the end.</summary>
internal sealed class CProgram : IDisposable
{
    private const string Compiler = "/usr/bin/gcc";
    private readonly string _folder = Directory.CreateTempSubdirectory("beyla-c-").FullName;

    public CProgram(string code, params string[] flags)
    {
        File.WriteAllText(System.IO.Path.Combine(_folder, "main.c"), code);
        using Process gcc = Process.Start(new ProcessStartInfo(Compiler, ["-o", Path, System.IO.Path.Combine(_folder, "main.c"), .. flags]))!;
        gcc.WaitForExit();
        Assert.Equal(0, gcc.ExitCode);
    }

    public string Path => System.IO.Path.Combine(_folder, "main");

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
