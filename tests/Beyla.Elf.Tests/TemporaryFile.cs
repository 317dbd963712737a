namespace Beyla.Elf.Tests;

/// <summary>A file that ends with the test.</summary>
internal sealed class TemporaryFile : IDisposable
{
    public string Path { get; } = System.IO.Path.GetTempFileName();

    public static TemporaryFile CopyOf(string path)
    {
        TemporaryFile copy = new();
        File.Copy(path, copy.Path, overwrite: true);
        return copy;
    }

    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        using FileStream stream = new(Path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        stream.Position = offset;
        stream.Write(bytes);
    }

    public void SetLength(long length)
    {
        using FileStream stream = new(Path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        stream.SetLength(length);
    }

    public void Dispose() => File.Delete(Path);
}
