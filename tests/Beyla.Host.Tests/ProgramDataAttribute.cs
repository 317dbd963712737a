using System.Reflection;
using Xunit.Sdk;

namespace Beyla.Host.Tests;

/// <summary>
/// A row of a theory about a program of this machine; skipped with the reason where the program is missing, unless BEYLA_REQUIRE_BPF=1.
/// Paths without a leading slash are below artifacts/targets.
/// </summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class ProgramDataAttribute : DataAttribute
{
    private readonly object[] _row;

    public ProgramDataAttribute(string program, params object[] more)
    {
        string path = Path.Combine(RepositoryFolder.Path, "artifacts", "targets", program);
        _row = [path, .. more];
        if (!File.Exists(path) && Environment.GetEnvironmentVariable("BEYLA_REQUIRE_BPF") != "1") Skip = $"{program} is not on this machine";
    }

    /// <inheritdoc/>
    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => [_row];
}
