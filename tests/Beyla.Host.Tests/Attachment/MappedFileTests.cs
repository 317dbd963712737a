using Beyla.Host.Attachment;

namespace Beyla.Host.Tests.Attachment;

public class MappedFileTests
{
    [Fact]
    public void Of_OwnProcess_HasLibcOnceByALinkThatOpens()
    {
        MappedFile libc = Assert.Single(MappedFile.Of(Environment.ProcessId), f => f.Name.StartsWith("libc.so", StringComparison.Ordinal));

        Assert.NotEqual(0UL, libc.Inode);
        if (!Environment.IsPrivilegedProcess) return; // map_files needs CAP_CHECKPOINT_RESTORE
        using FileStream file = File.OpenRead(libc.Link);
        Assert.Equal(0x7f, file.ReadByte());
    }

    [Fact]
    public void Of_ProcessThatEnded_IsEmpty() => Assert.Empty(MappedFile.Of(int.MaxValue));

    [Theory]
    [InlineData("7f00a000-7f00b000 r-xp 00001000 fe:00 4711                       /opt/my lib/libssl.so.3", "/opt/my lib/libssl.so.3", "7f00a000-7f00b000")]
    [InlineData("00400000-00401000 r-xp 00000000 08:01 12 /bin/x (deleted)", "/bin/x", "400000-401000")]
    public void Parse_ExecutableMapping_HasPathAndLink(string line, string path, string range)
    {
        MappedFile file = MappedFile.Parse(7, line)!;

        Assert.Equal((path, $"/proc/7/map_files/{range}"), (file.Path, file.Link));
    }

    [Theory]
    [InlineData("7f00a000-7f00b000 r--p 00001000 fe:00 4711 /usr/lib/libssl.so.3")]
    [InlineData("7ffd0000-7ffd2000 r-xp 00000000 00:00 0                          [vdso]")]
    [InlineData("7f00a000-7f00b000 rwxp 00000000 00:00 0")]
    public void Parse_NoCodeOfAFile_IsNull(string line) => Assert.Null(MappedFile.Parse(7, line));
}
