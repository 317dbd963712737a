using System.Net;

namespace HttpWire.Tests;

public sealed class IpTextTests
{
    [Theory]
    [InlineData("10.0.255.1")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("1::")]
    [InlineData("2001:db8::2:1")]
    [InlineData("2001:db8:0:1:1:1:1:1")]
    [InlineData("2001:0:0:1::1")]
    [InlineData("2001:db8::1:0:0:1")]
    [InlineData("fedc:ba98:7654:3210:fedc:ba98:7654:3210")]
    public void Write_Address_IsTheTextOfDotNet(string address)
    {
        Span<byte> text = stackalloc byte[IpText.MaxLength];

        int length = IpText.Write(IPAddress.Parse(address).GetAddressBytes(), text);

        Assert.Equal(address, System.Text.Encoding.ASCII.GetString(text[..length]));
        Assert.Equal(IPAddress.Parse(address).ToString(), address);
    }

    [Fact]
    public void Write_MappedIpv4_IsIpv4()
    {
        Span<byte> text = stackalloc byte[IpText.MaxLength];

        int length = IpText.Write(IPAddress.Parse("::ffff:192.0.2.1").GetAddressBytes(), text);

        Assert.Equal("192.0.2.1", System.Text.Encoding.ASCII.GetString(text[..length]));
    }
}
