using System.Text;
using Beyla.Host.Identity;

namespace Beyla.Host.Tests.Identity;

public sealed class ProcessEnvironmentTests
{
    [Theory]
    [InlineData("A=1\0B=2\0", "B", "2")]
    [InlineData("A=1\0B=x=y\0", "B", "x=y")]
    [InlineData("A=1\0A=2\0", "A", "1")]
    [InlineData("A=\0", "A", null)]
    [InlineData("A=1", "A", "1")]
    [InlineData("A\0=1\0", "A", null)]
    [InlineData("", "A", null)]
    public void Parse_Variables_AreFoundByName(string text, string name, string? value) =>
        Assert.Equal(value, ProcessEnvironment.Parse(Encoding.UTF8.GetBytes(text))[name]);

    [Fact]
    public void Read_OfAProcessThatIsGone_IsEmpty() => Assert.Null(ProcessEnvironment.Read(int.MaxValue)["PATH"]);

    [Fact]
    public void Read_OfThisProcess_HasItsVariablesWhateverTheirLength() =>
        Assert.Equal(Environment.GetEnvironmentVariable("PATH"), ProcessEnvironment.Read(Environment.ProcessId)["PATH"]);

    internal static ProcessEnvironment Of(params string[] variables) => ProcessEnvironment.Parse(Encoding.UTF8.GetBytes(string.Join('\0', variables)));
}
