using System.Text;

namespace HttpWire.Tests;

/// <summary>The examples of RFC 7541, appendix C.</summary>
public sealed class HpackTests
{
    private readonly HpackTable _table = new();
    private readonly HeaderBlock _block = new();

    [Theory]
    [InlineData("828684410f7777772e6578616d706c652e636f6d", "828684be58086e6f2d6361636865", "828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565")]
    [InlineData("828684418cf1e3c2e5f23a6ba0ab90f4ff", "828684be5886a8eb10649cbf", "828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf")]
    public void TryDecode_RequestsOfTheSpecification_GiveTheirFields(params string[] blocks)
    {
        _table.Begin();

        Decode(blocks[0]);
        AssertFields("GET", "http", "/", "www.example.com");
        Decode(blocks[1]);
        AssertFields("GET", "http", "/", "www.example.com");
        Decode(blocks[2]);
        AssertFields("GET", "https", "/index.html", "www.example.com");
        Assert.Equal(3, _table.Count);
    }

    /// <summary>The table holds 256 bytes, so entries go.</summary>
    [Theory]
    [InlineData(
        "4803333032580770726976617465611d4d6f6e2c203231204f637420323031332032303a31333a323120474d546e1768747470733a2f2f7777772e6578616d706c652e636f6d",
        "4803333037c1c0bf",
        "88c1611d4d6f6e2c203231204f637420323031332032303a31333a323220474d54c05a04677a69707738666f6f3d4153444a4b48514b425a584f5157454f50495541585157454f49553b206d61782d6167653d333630303b2076657273696f6e3d31")]
    [InlineData(
        "488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f0b97c8e9ae82ae43d3",
        "4883640effc1c0bf",
        "88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab77ad94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007")]
    public void TryDecode_ResponsesOfTheSpecification_GiveTheirStatus(params string[] blocks)
    {
        _table.Begin();
        _table.Resize(256);

        foreach ((string block, int status, int count) in blocks.Zip([302, 307, 200], [4, 4, 3]))
        {
            Decode(block);
            Assert.Equal(status, _block.Number(HeaderName.Status));
            Assert.Equal(count, _table.Count);
            Assert.False(_block.HasUnknown);
        }
    }

    [Fact]
    public void TryDecode_JoinedMidway_KnowsWhatIsNewAndNothingElse()
    {
        Decode("82be84418cf1e3c2e5f23a6ba0ab90f4ff"); // the second field was inserted before
        Assert.True(_block.HasUnknown);
        AssertFields("GET", "", "/", "www.example.com");

        Decode("82bfbe");                             // one older, the one just seen
        Assert.True(_block.HasUnknown);
        AssertFields("GET", "", "", "www.example.com");
    }

    [Fact]
    public void TryDecode_IndexBeyondTheWholeTable_IsAnError()
    {
        _table.Begin();

        Assert.False(HpackDecoder.TryDecode(Convert.FromHexString("be"), _table, _block));
        Assert.False(_table.IsWhole);
    }

    [Theory]
    [InlineData("80")]                   // index 0
    [InlineData("ffffffffff0f")]         // a number that is too large
    [InlineData("4108")]                 // a string that is cut
    [InlineData("0085ffffffff8f00")]     // EOS within a string
    [InlineData("008300ffff00")]         // more than seven bits of padding
    public void TryDecode_BrokenBlock_IsAnError(string block) =>
        Assert.False(HpackDecoder.TryDecode(Convert.FromHexString(block), _table, _block));

    [Fact]
    public void Insert_EntryTooLargeForTheTable_EmptiesIt()
    {
        _table.Begin();
        _table.Insert(HeaderName.Path, 5, "/a"u8, 2);

        _table.Insert(HeaderName.Other, 10, default, 5000);

        Assert.Equal(0, _table.Count);
        Assert.True(_table.IsWhole);
    }

    [Fact]
    public void Insert_Endlessly_TakesBoundedMemory()
    {
        _table.Begin();
        _table.Resize(1 << 20);
        long before = GC.GetAllocatedBytesForCurrentThread();

        for (int i = 0; i < 100_000; i++) _table.Insert(HeaderName.Path, 5, "/items/0123456789"u8, 17);

        Assert.True(_table.Count * 54 <= HpackTable.FollowedSize);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 200_000);
    }

    private void Decode(string block) => Assert.True(HpackDecoder.TryDecode(Convert.FromHexString(block), _table, _block));

    private void AssertFields(string method, string scheme, string path, string authority) => Assert.Equal(
        (method, scheme, path, authority),
        (Text(HeaderName.Method), Text(HeaderName.Scheme), Text(HeaderName.Path), Text(HeaderName.Authority)));

    private string Text(HeaderName name) => Encoding.ASCII.GetString(_block[name]);
}
