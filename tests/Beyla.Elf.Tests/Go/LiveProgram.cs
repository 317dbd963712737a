using System.Diagnostics;
using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Beyla.Elf.Tests.Go;

/// <summary>A test program that runs: its first lines of output, and its memory. Ends with its input.</summary>
internal sealed class LiveProgram : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(1);

    private readonly Process _process;
    private readonly SafeFileHandle _memory;

    /// <summary>Starts it and reads lines up to the one that begins with <paramref name="last"/>.</summary>
    public LiveProgram(string path, string last)
    {
        _process = Process.Start(new ProcessStartInfo(path) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        List<string> lines = [];
        while (lines is [] || !lines[^1].StartsWith(last, StringComparison.Ordinal))
        {
            Task<string?> line = _process.StandardOutput.ReadLineAsync();
            Assert.True(line.Wait(Deadline), $"{path} says nothing");
            lines.Add(line.Result ?? throw new InvalidOperationException($"{path} ended before it said {last}"));
        }
        Lines = lines;
        _memory = File.OpenHandle($"/proc/{_process.Id}/mem");
        LoadBias = FindLoadBias(path);
    }

    public IReadOnlyList<string> Lines { get; }

    /// <summary>What is to be added to a link-time address.</summary>
    public ulong LoadBias { get; }

    public byte[] Read(ulong address, int size)
    {
        byte[] bytes = new byte[size];
        Assert.Equal(size, RandomAccess.Read(_memory, bytes, (long)address));
        return bytes;
    }

    public ulong Word(ulong address) => BitConverter.ToUInt64(Read(address, 8));

    public uint HalfWord(ulong address) => BitConverter.ToUInt32(Read(address, 4));

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(Deadline))
            _process.Kill();
        _memory.Dispose();
        _process.Dispose();
    }

    private ulong FindLoadBias(string path)
    {
        using ElfFile elf = ElfFile.Open(path);
        if (!elf.IsPie)
            return 0;
        ElfSegment first = elf.Segments.Where(s => s.IsLoad).MinBy(s => s.Address);
        string mapping = File.ReadLines($"/proc/{_process.Id}/maps").First(line => line.EndsWith(path, StringComparison.Ordinal));
        string start = mapping[..mapping.IndexOf('-', StringComparison.Ordinal)];
        return ulong.Parse(start, NumberStyles.HexNumber, CultureInfo.InvariantCulture) - (first.Address & ~0xfffUL);
    }
}
