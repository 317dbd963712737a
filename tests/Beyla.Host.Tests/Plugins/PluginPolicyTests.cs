using Beyla.Host.Configuration;
using Beyla.Host.Plugins;
using Beyla.Host.Plugins.Trust;

namespace Beyla.Host.Tests.Plugins;

/// <summary>What plugins declare, what they do, and what the operator accepts. The compiled objects are real; no privilege is needed.</summary>
public sealed class PluginPolicyTests : IDisposable
{
    private readonly PluginsOnDisk _disk = new() { ReadObject = BpfObjectLayouts.Read };

    public void Dispose() => _disk.Dispose();

    [Fact]
    public void Load_HelperNotDeclared_IsRefusedByName()
    {
        _disk.Add("Signalling");

        Assert.Contains("its code calls bpf_send_signal, which plugin.toml does not declare (helpers)", Refusal());
    }

    [Fact]
    public void Load_FunctionOfTheKernelNotDeclared_IsRefusedThoughNothingCallsItsCaller()
    {
        Declare(_disk.Add("Signalling"), "helpers = [\"bpf_send_signal\"]");

        Assert.Contains("its code calls kfunc, which plugin.toml does not declare (helpers)", Refusal(new PluginsOptions { Allow = ["helper:*"] }));
    }

    [Fact]
    public void Load_HelperDeclaredButNotAllowed_IsRefusedByThePolicy()
    {
        Declare(_disk.Add("Signalling"), "helpers = [\"bpf_send_signal\"]");

        Assert.Contains("declares helper:bpf_send_signal, which plugins.allow does not have", Refusal());
    }

    [Fact]
    public void Load_HelperDeclaredAndAllowed_IsLoaded()
    {
        Declare(_disk.Add("Signalling"), "helpers = [\"bpf_send_signal\", \"kfunc\"]");

        Assert.Null(Refusal(new PluginsOptions { Allow = ["helper:bpf_send_signal", "helper:kfunc"] }));
    }

    [Fact]
    public void Load_KindOfProgramNotDeclared_IsRefused()
    {
        Declare(_disk.Add("Hooked"), "");

        Assert.Contains("program 'listens_nowhere' is attached by tp_btf, which plugin.toml does not declare (attach)", Refusal());
    }

    [Fact]
    public void Load_WithoutManifest_HasDeclaredNothing()
    {
        File.Delete(Path.Combine(_disk.Add("Hooked"), PluginManifest.FileName));

        Assert.Contains("is attached by tp_btf", Refusal());
    }

    [Fact]
    public void Load_MoreMapMemoryThanDeclared_IsRefused()
    {
        Declare(_disk.Add("Hooked"), "attach = [\"tp_btf\"]\nmap_memory = 8");

        Assert.Matches("its maps take [0-9]+ bytes, plugin.toml declares at most 8 ", Refusal());
    }

    [Theory]
    [InlineData("attach = [\"tp_bft\"]", "declares attach = 'tp_bft', which this host does not know. Did the author mean 'tp_btf'?")]
    [InlineData("helpers = [\"bpf_launch_missiles\"]", "declares helpers = 'bpf_launch_missiles', which this host does not know.")]
    [InlineData("payloads = [\"secrets\"]", "declares payloads = 'secrets', which this host does not know.")]
    [InlineData("root = true", "declares 'root', a kind of permission that this host does not know. Upgrade the host.")]
    [InlineData("map_memory = \"all\"", "'map_memory' must be a number of bytes, not a string")]
    public void Load_PermissionsNotUnderstood_AreRefused(string declared, string reason)
    {
        Declare(_disk.Add("Signalling"), declared);

        Assert.Contains(reason, Refusal());
    }

    [Fact]
    public void Load_PayloadNotAllowed_IsRefused()
    {
        Declare(_disk.Add("Hooked"), "attach = [\"tp_btf\"]\npayloads = [\"body\"]");

        Assert.Contains("declares payload:body,", Refusal(new PluginsOptions { Allow = ["attach:*", "payload:url"] }));
    }

    [Fact]
    public void Load_LinkOutOfTheFolder_IsRefused()
    {
        string folder = _disk.Add("Hooked"), elsewhere = Path.Combine(_disk.Root, ".elsewhere.dll");
        File.Move(Path.Combine(folder, "Hooked.dll"), elsewhere);
        File.CreateSymbolicLink(Path.Combine(folder, "Hooked.dll"), elsewhere);

        Assert.Contains("Hooked.dll is a link that leads out of the folder", Refusal());
    }

    [Fact]
    public void Load_HashList_AcceptsOnlyWhatItHas()
    {
        string folder = _disk.Add("Hooked");
        string hash = Convert.ToHexStringLower(Sha256.Hash(File.ReadAllBytes(Path.Combine(folder, PluginManifest.FileName))));

        Assert.Null(Refusal(new PluginsOptions { Trust = PluginTrust.HashList, Hashes = [hash] }));
        Assert.Contains($"the SHA-256 of its plugin.toml, {hash}, is not in plugins.hashes", Refusal(new PluginsOptions { Trust = PluginTrust.HashList }));
    }

    [Fact]
    public void Load_OwnerTrust_RefusesWhatAGroupMayWrite()
    {
        if (!OperatingSystem.IsLinux()) return;
        string file = Path.Combine(_disk.Add("Hooked"), "Hooked.dll");
        File.SetUnixFileMode(file, File.GetUnixFileMode(file) | UnixFileMode.GroupWrite);

        Assert.Contains($"others than its owner may write to {file}", Refusal(new PluginsOptions { Trust = PluginTrust.Owner }));
    }

    [Fact]
    public void Load_SignedTrustWithoutSignature_IsRefused()
    {
        _disk.Add("Hooked");

        string? reason = Refusal(new PluginsOptions { Trust = PluginTrust.Signed, Keys = ["/nowhere/key.pem"] });

        Assert.Contains("it is not signed (plugin.toml.sig is missing)", reason);
    }

    private static void Declare(string folder, string permissions)
    {
        string path = Path.Combine(folder, PluginManifest.FileName);
        string text = File.ReadAllText(path);
        int start = text.IndexOf("[permissions]", StringComparison.Ordinal), end = text.IndexOf("[sha256]", StringComparison.Ordinal);
        File.WriteAllText(path, $"{text[..start]}[permissions]\n{permissions}\n{text[end..]}");
    }

    /// <summary>Loads the one plugin there is; why it was refused, or null.</summary>
    private string? Refusal(PluginsOptions? options = null)
    {
        using PluginCatalog catalog = PluginCatalog.Load(new BeylaOptions { PluginsPath = [_disk.Root], Plugins = options ?? new() }, _disk.Host);
        PluginRecord record = Assert.Single(catalog.Records);
        Assert.True(record.State is PluginState.Ok or PluginState.Refused, record.Reason);
        return record.State == PluginState.Ok ? null : record.Reason;
    }
}
