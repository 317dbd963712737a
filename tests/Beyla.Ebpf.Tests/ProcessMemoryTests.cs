using System.Runtime.InteropServices;

namespace Beyla.Ebpf.Tests;

public class ProcessMemoryTests
{
    private const int Unmapped = 16; // bytes; the kernel maps nothing at the lowest addresses

    [Fact]
    public void TryRead_OwnMemory_IsThatMemory()
    {
        long[] words = GC.AllocateArray<long>(3, pinned: true);
        (words[0], words[1], words[2]) = (1, 2, 3);
        byte[] read = new byte[24];

        Assert.True(ProcessMemory.TryRead(Environment.ProcessId, AddressOf(words, 0), read));
        Assert.Equal(words, MemoryMarshal.Cast<byte, long>(read).ToArray());
    }

    [Fact]
    public void ReadEach_MoreObjectsThanOneCallTakes_AreAllRead()
    {
        long[] words = GC.AllocateArray<long>(3000, pinned: true);
        for (int i = 0; i < words.Length; i++) words[i] = i;
        ulong[] addresses = [.. Enumerable.Range(0, words.Length).Reverse().Select(i => AddressOf(words, i))];
        byte[] read = new byte[words.Length * sizeof(long)];

        Assert.Equal(words.Length, ProcessMemory.ReadEach(Environment.ProcessId, addresses, sizeof(long), read));
        Assert.Equal(words.Reverse(), MemoryMarshal.Cast<byte, long>(read).ToArray());
    }

    [Fact]
    public void ReadEach_AnObjectThatIsNotThere_EndsBeforeIt()
    {
        long[] words = GC.AllocateArray<long>(2, pinned: true);
        byte[] read = new byte[3 * sizeof(long)];

        Assert.Equal(1, ProcessMemory.ReadEach(Environment.ProcessId, [AddressOf(words, 0), Unmapped, AddressOf(words, 1)], sizeof(long), read));
    }

    [Fact]
    public void TryRead_ProcessThatIsGone_IsFalse() => Assert.False(ProcessMemory.TryRead(int.MaxValue, 4096, new byte[8]));

    [Fact]
    public void ReadEach_TooLittleRoom_Throws() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => ProcessMemory.ReadEach(Environment.ProcessId, [4096, 8192], 8, new byte[15]));

    private static ulong AddressOf(long[] pinned, int index) => (ulong)Marshal.UnsafeAddrOfPinnedArrayElement(pinned, index);
}
