using System.Diagnostics;
using System.Globalization;

namespace Beyla.Ebpf.Tests;

/// <summary>A running instance of targets/calls.c, compiled at first use.</summary>
internal sealed class CallTarget : IDisposable
{
    private static readonly Lazy<string> Executable = new(Compile);

    private readonly Process _process;
    private readonly ulong[] _addresses;
    private bool _ended;

    private CallTarget(Process process)
    {
        _process = process;
        _addresses = [.. process.StandardOutput.ReadLine()!.Trim().Split(' ').Select(a => ulong.Parse(a, NumberStyles.HexNumber, CultureInfo.InvariantCulture))];
    }

    public static CallTarget Start() =>
        new(Process.Start(new ProcessStartInfo(Executable.Value) { RedirectStandardInput = true, RedirectStandardOutput = true })!);

    public int Pid => _process.Id;

    public static string Path => Executable.Value;

    /// <summary>The ten functions, with cookies 1000, 1001, ...</summary>
    public IReadOnlyList<UprobeSite> Sites => [.. _addresses.Select((a, i) => new UprobeSite(FileOffset(a), 1000 + (ulong)i))];

    /// <summary>Calls workN; the answer means that the call is over.</summary>
    public long Call(int function, long value, bool onThread = false)
    {
        _process.StandardInput.WriteLine($"{(onThread ? "t " : "")}{function} {value}");
        _process.StandardInput.Flush();
        return long.Parse(_process.StandardOutput.ReadLine()!, CultureInfo.InvariantCulture);
    }

    /// <summary>The first bytes of all functions as they are in this process's memory now.</summary>
    public string Text()
    {
        using FileStream memory = new($"/proc/{Pid}/mem", FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        byte[] code = new byte[8];
        return string.Join(' ', _addresses.Select(address =>
        {
            memory.Position = (long)address;
            memory.ReadExactly(code);
            return Convert.ToHexString(code);
        }));
    }

    /// <summary>How many functions start with a breakpoint (int3).</summary>
    public int Breakpoints() => Text().Split(' ').Count(code => code.StartsWith("CC", StringComparison.Ordinal));

    public void Dispose()
    {
        if (_ended) return;
        _ended = true;
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private ulong FileOffset(ulong address)
    {
        foreach (string line in File.ReadLines($"/proc/{Pid}/maps"))
        {
            string[] parts = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            ulong[] range = [.. parts[0].Split('-').Select(Hex)];
            if (address >= range[0] && address < range[1]) return address - range[0] + Hex(parts[2]);
        }
        throw new InvalidOperationException($"0x{address:x} is not mapped in process {Pid}");
    }

    private static ulong Hex(string text) => ulong.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static string Compile()
    {
        string folder = Directory.CreateTempSubdirectory("beyla-ebpf-tests-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        string source = System.IO.Path.Combine(folder, "calls.c"), program = System.IO.Path.Combine(folder, "calls");
        File.WriteAllBytes(source, TestObject.Image("calls.c"));
        string compiler = new[] { "/usr/bin/gcc", "/usr/bin/clang-19" }.First(File.Exists);
        // -O0 without branch protection: each function starts with "push rbp", which a breakpoint replaces and the kernel emulates
        using Process run = Process.Start(compiler, ["-O0", "-fcf-protection=none", "-pthread", "-o", program, source]);
        run.WaitForExit();
        return run.ExitCode == 0 ? program : throw new InvalidOperationException($"{compiler} failed on targets/calls.c");
    }
}
