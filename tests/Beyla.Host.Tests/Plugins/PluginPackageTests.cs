using System.IO.Compression;
using Beyla.Host.Configuration;
using Beyla.Host.Plugins;
using Beyla.Host.Plugins.Packages;
using Beyla.Host.Plugins.Trust;

namespace Beyla.Host.Tests.Plugins;

/// <summary>Packing, installing and removing, and archives that somebody made to do harm: each is refused with a sentence and changes nothing.</summary>
public sealed class PluginPackageTests : IDisposable
{
    // Made by: openssl genpkey -algorithm ed25519. For this test only.
    private const string PrivateKey = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIHQqyS+v6bjnebLmObCWfysMZUUVkvZXKFHFTOS80CAy\n-----END PRIVATE KEY-----\n";

    /// <summary>Its other half, and that of RFC 8032's first test.</summary>
    private const string PublicKey = "MW7gmKZ6W6YQ3rZaWy5Y6SJMhKfCz+qF9Jz/WMNc4L4=", OtherPublicKey = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";

    private readonly PluginsOnDisk _disk = new();
    private readonly string _store, _archive;

    public PluginPackageTests()
    {
        _store = Path.Combine(_disk.Root, "store");
        _archive = Path.Combine(_disk.Root, "first.beyla");
        Directory.CreateDirectory(_store);
    }

    public void Dispose() => _disk.Dispose();

    [Fact]
    public void Install_PackedPlugin_IsThatPlugin()
    {
        PluginArchive.Pack(_disk.Add("First"), _archive, key: null);

        string said = Store().Install(_archive);

        Assert.StartsWith("installed first ", said);
        using PluginCatalog catalog = _disk.Load(_store);
        Assert.Equal(("first", PluginState.Ok), (catalog.Records[0].Id, catalog.Records[0].State));
    }

    [Fact]
    public void Pack_SamePluginTwice_GivesTheSameBytes()
    {
        string folder = _disk.Add("First"), again = _archive + "2";

        PluginArchive.Pack(folder, _archive, key: null);
        PluginArchive.Pack(folder, again, key: null);

        Assert.Equal(File.ReadAllBytes(_archive), File.ReadAllBytes(again));
    }

    [Fact]
    public void Install_OverAnOlderVersion_TakesItsPlaceAndLeavesNothing()
    {
        string folder = _disk.Add("First");
        Store().Install(folder);
        File.WriteAllText(Path.Combine(_store, "first", "left.over"), "");

        string said = Store().Install(folder);

        Assert.StartsWith("replaced first ", said);
        Assert.Equal([Path.Combine(_store, "first")], Directory.GetFileSystemEntries(_store));
        Assert.False(File.Exists(Path.Combine(_store, "first", "left.over")));
    }

    [Fact]
    public void Remove_InstalledPlugin_LeavesNothing()
    {
        Store().Install(_disk.Add("First"));

        Store().Remove("first");

        Assert.Empty(Directory.GetFileSystemEntries(_store));
        Assert.Contains("no plugin with the id 'first'", Assert.Throws<PluginException>(() => Store().Remove("first")).Message);
    }

    [Fact]
    public void Install_EntryThatLeadsOut_IsRefused() => ExpectRefused("which its plugin.toml does not list", zip => Add(zip, "../../evil.dll", [1]));

    [Fact]
    public void Install_ManifestThatLeadsOut_IsRefused() =>
        ExpectRefused("plugin.toml names '../evil.dll', which is outside of the folder", manifest: text => text + "\"../evil.dll\" = \"00\"\n");

    [Fact]
    public void Install_Bomb_IsStoppedWhileItIsUnpacked() =>
        ExpectRefused("unpacks to more than 256 MiB", zip =>
        {
            zip.GetEntry("First.dll")!.Delete();
            using Stream bomb = zip.CreateEntry("First.dll").Open();
            byte[] zeros = new byte[1 << 20];
            for (int i = 0; i < 300; i++) bomb.Write(zeros);
        });

    [Fact]
    public void Install_FileChanged_IsRefused() =>
        ExpectRefused("First.dll does not match its SHA-256", zip =>
        {
            zip.GetEntry("First.dll")!.Delete();
            Add(zip, "First.dll", [1, 2, 3]);
        });

    [Fact]
    public void Install_FileMissing_IsRefused() => ExpectRefused("First.dll is missing", zip => zip.GetEntry("First.dll")!.Delete());

    [Fact]
    public void Install_NoArchive_IsRefused()
    {
        File.WriteAllText(_archive, "no zip");
        ExpectRefusedAsItIs("is no .beyla file, or damaged");
    }

    [Fact]
    public void Install_NewerContract_IsRefusedAndSaysWhichSideToUpgrade()
    {
        PluginArchive.Pack(_disk.Add("NewerContract"), _archive, key: null);
        ExpectRefusedAsItIs("built for contract 2.0");
    }

    [Fact]
    public void Install_SignedTrust_TakesOnlyTheRightSignature()
    {
        string folder = _disk.Add("First"), key = Path.Combine(_disk.Root, "key.pem");
        File.WriteAllText(key, PrivateKey);
        PluginsOptions own = new() { Trust = PluginTrust.Signed, Keys = [Public("own.pem", PublicKey)] };
        PluginsOptions other = new() { Trust = PluginTrust.Signed, Keys = [Public("other.pem", OtherPublicKey)] };

        PluginArchive.Pack(folder, _archive, key: null);
        Assert.Contains("it is not signed", Assert.Throws<PluginException>(() => Store(own).Install(_archive)).Message);
        PluginArchive.Pack(folder, _archive, key);
        Assert.Contains("is no signature of plugin.toml by any of plugins.keys", Assert.Throws<PluginException>(() => Store(other).Install(_archive)).Message);
        Assert.Empty(Directory.GetFileSystemEntries(_store));

        Assert.StartsWith("installed first ", Store(own).Install(_archive));
    }

    /// <summary>Test 1 and 2 of RFC 8032, section 7.1.</summary>
    [Theory]
    [InlineData("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b")]
    [InlineData("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")]
    public void Ed25519_VectorsOfTheStandard_Agree(string secret, string key, string message, string signature)
    {
        byte[] content = Convert.FromHexString(message), expected = Convert.FromHexString(signature);

        Assert.Equal(expected, Ed25519.Sign(Convert.FromHexString(secret), content));
        Assert.True(Ed25519.IsSignature(Convert.FromHexString(key), content, expected));
        expected[0] ^= 1;
        Assert.False(Ed25519.IsSignature(Convert.FromHexString(key), content, expected));
    }

    private string Public(string file, string key)
    {
        string path = Path.Combine(_disk.Root, file);
        byte[] der = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00, .. Convert.FromBase64String(key)];
        File.WriteAllText(path, $"-----BEGIN PUBLIC KEY-----\n{Convert.ToBase64String(der)}\n-----END PUBLIC KEY-----\n");
        return path;
    }

    private PluginStore Store(PluginsOptions? options = null) => new(_store, new PluginPolicy(options ?? new()));

    /// <summary>Packs a good plugin, spoils the archive, and expects a refusal that leaves the store as it was.</summary>
    private void ExpectRefused(string reason, Action<ZipArchive>? spoil = null, Func<string, string>? manifest = null)
    {
        PluginArchive.Pack(_disk.Add("First"), _archive, key: null);
        using (ZipArchive zip = ZipFile.Open(_archive, ZipArchiveMode.Update))
        {
            spoil?.Invoke(zip);
            if (manifest is not null) Rewrite(zip, manifest);
        }
        ExpectRefusedAsItIs(reason);
    }

    private void ExpectRefusedAsItIs(string reason)
    {
        string[] before = Directory.GetFileSystemEntries(_disk.Root);

        Assert.Contains(reason, Assert.Throws<PluginException>(() => Store().Install(_archive)).Message);

        Assert.Empty(Directory.GetFileSystemEntries(_store));
        Assert.Equal(before, Directory.GetFileSystemEntries(_disk.Root));
    }

    private static void Rewrite(ZipArchive zip, Func<string, string> change)
    {
        ZipArchiveEntry entry = zip.GetEntry(PluginManifest.FileName)!;
        string text;
        using (StreamReader reader = new(entry.Open())) text = reader.ReadToEnd();
        entry.Delete();
        Add(zip, PluginManifest.FileName, System.Text.Encoding.UTF8.GetBytes(change(text)));
    }

    private static void Add(ZipArchive zip, string name, byte[] content)
    {
        using Stream stream = zip.CreateEntry(name).Open();
        stream.Write(content);
    }
}
