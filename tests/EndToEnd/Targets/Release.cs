using EndToEnd.Harness;
using Xunit.Abstractions;

namespace EndToEnd.Targets;

/// <summary>One prepared build of a program, as test data.</summary>
public sealed record Release : IXunitSerializable
{
    /// <summary>For xunit, which fills it by <see cref="Deserialize"/>.</summary>
    public Release()
    {
    }

    internal Release(string program, string build, string path) => (Program, Build, Path) = (program, build, path);

    /// <summary>Name of the program: prometheus, http, grpc …</summary>
    public string Program { get; private set; } = "";

    /// <summary>Suite, version, Go version and build kind, or suite and Go version.</summary>
    public string Build { get; private set; } = "";

    /// <summary>Its path below artifacts/targets.</summary>
    public string Path { get; private set; } = "";

    /// <summary>Its executable.</summary>
    internal string Executable => System.IO.Path.Combine(Repository.Targets, Path);

    /// <summary>Copies its executable under another name and returns the copy's path.</summary>
    internal string CopyTo(TemporaryFolder folder, string name)
    {
        string copy = folder.File(name);
        File.Copy(Executable, copy);
        return copy;
    }

    /// <inheritdoc/>
    public void Serialize(IXunitSerializationInfo info)
    {
        ArgumentNullException.ThrowIfNull(info);
        info.AddValue(nameof(Program), Program);
        info.AddValue(nameof(Build), Build);
        info.AddValue(nameof(Path), Path);
    }

    /// <inheritdoc/>
    public void Deserialize(IXunitSerializationInfo info)
    {
        ArgumentNullException.ThrowIfNull(info);
        Program = info.GetValue<string>(nameof(Program));
        Build = info.GetValue<string>(nameof(Build));
        Path = info.GetValue<string>(nameof(Path));
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Program} {Build}";
}
