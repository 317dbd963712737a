using System.Globalization;

namespace EndToEnd.Harness;

/// <summary>Compares the executable code in the memory of a process with the file that it was loaded from: a probe is a changed byte.</summary>
internal static class TextBytes
{
    /// <summary>Addresses of the bytes of a process' own executable mapping that differ from its executable file.</summary>
    public static IReadOnlyList<ulong> DifferentFromFile(int pid)
    {
        List<ulong> different = [];
        using FileStream memory = new($"/proc/{pid}/mem", FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 0);
        using FileStream file = new($"/proc/{pid}/exe", FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 0);
        foreach ((ulong start, ulong end, long offset) in CodeMappings(pid)) Compare(memory, file, start, end, offset, different);
        return different;
    }

    /// <summary>Waits until no byte differs.</summary>
    public static Task EqualFileAsync(int pid) => Eventually.TrueAsync(
        () => DifferentFromFile(pid).Count == 0, Eventually.Soon,
        () => $"code of pid {pid} still differs from its file at {string.Join(' ', DifferentFromFile(pid).Select(a => $"0x{a:x}"))}");

    private static List<(ulong Start, ulong End, long Offset)> CodeMappings(int pid)
    {
        // The path of a replaced file ends in " (deleted)" in both places.
        string link = new FileInfo($"/proc/{pid}/exe").LinkTarget!;
        List<(ulong, ulong, long)> mappings = [];
        foreach (string line in File.ReadLines($"/proc/{pid}/maps"))
        {
            string[] fields = line.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length < 6 || !fields[1].Contains('x', StringComparison.Ordinal) || fields[5].TrimStart() != link) continue;
            string[] range = fields[0].Split('-');
            mappings.Add((Hex(range[0]), Hex(range[1]), (long)Hex(fields[2])));
        }
        Assert.NotEmpty(mappings);
        return mappings;
    }

    private static void Compare(FileStream memory, FileStream file, ulong start, ulong end, long offset, List<ulong> different)
    {
        byte[] code = new byte[1 << 16], original = new byte[1 << 16];
        memory.Position = (long)start;
        file.Position = offset;
        for (ulong at = start; at < end;)
        {
            int wanted = (int)Math.Min((ulong)code.Length, end - at);
            int length = file.ReadAtLeast(original.AsSpan(0, wanted), wanted, throwOnEndOfStream: false);
            if (length == 0) return;                                    // the last page goes beyond the file
            memory.ReadExactly(code.AsSpan(0, length));
            if (!code.AsSpan(0, length).SequenceEqual(original.AsSpan(0, length)))
                for (int i = 0; i < length; i++)
                    if (code[i] != original[i]) different.Add(at + (ulong)i);
            at += (ulong)length;
        }
    }

    private static ulong Hex(string text) => ulong.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
