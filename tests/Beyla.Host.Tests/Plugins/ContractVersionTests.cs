using Beyla.Host.Plugins;

namespace Beyla.Host.Tests.Plugins;

public sealed class ContractVersionTests
{
    [Theory]
    [InlineData("1.3", "1.3")]
    [InlineData("1.3", "1.0")]
    public void MustRun_SameMajorAndMinorNotAbove_Passes(string host, string plugin) =>
        ContractVersion.Parse(host).MustRun(ContractVersion.Parse(plugin));

    [Theory]
    [InlineData("1.3", "1.4", "built for contract 1.4, this host speaks 1.3. Upgrade the host, or rebuild the plugin for contract 1.3.")]
    [InlineData("1.3", "2.0", "built for contract 2.0, this host speaks 1.3. Upgrade the host, or rebuild the plugin for contract 1.3.")]
    [InlineData("2.1", "1.9", "built for contract 1.9, this host speaks 2.1. Rebuild the plugin for contract 2.x.")]
    public void MustRun_OtherVersion_SaysWhichSideToChange(string host, string plugin, string reason)
    {
        PluginException e = Assert.Throws<PluginException>(() => ContractVersion.Parse(host).MustRun(ContractVersion.Parse(plugin)));

        Assert.Equal((PluginState.Refused, reason), (e.State, e.Message));
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("1.0.0")]
    [InlineData("1.-1")]
    [InlineData("a.b")]
    public void Parse_NotMajorMinor_IsRefused(string text) => Assert.Throws<PluginException>(() => ContractVersion.Parse(text));
}
