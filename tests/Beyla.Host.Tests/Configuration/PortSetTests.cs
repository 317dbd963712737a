using Beyla.Host.Configuration;
using FsCheck;
using FsCheck.Fluent;

namespace Beyla.Host.Tests.Configuration;

public class PortSetTests
{
    private static readonly Gen<(int From, int To)> Range =
        from a in Gen.Choose(1, 65535)
        from length in Gen.Frequency((1, Gen.Constant(0)), (1, Gen.Choose(0, 200)))
        select (a, Math.Min(65535, a + length));

    [Fact]
    public void Contains_AnyRanges_AgreesWithTheListedPorts() => Prop.ForAll(Range.ListOf().ToArbitrary(), ranges =>
    {
        PortSet set = PortSet.Parse(Text(ranges));
        HashSet<int> expected = [.. ranges.SelectMany(r => Enumerable.Range(r.From, r.To - r.From + 1))];
        return set.IsEmpty == (expected.Count == 0) && Enumerable.Range(-1, 65540).All(port => set.Contains(port) == expected.Contains(port));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));

    [Fact]
    public void ToString_AnyRanges_ReadsBackAsTheSameText() => Prop.ForAll(Range.ListOf().ToArbitrary(), ranges =>
    {
        string text = PortSet.Parse(Text(ranges)).ToString();
        return PortSet.Parse(text).ToString() == text;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Parse_AnyText_GivesAPortSetOrAFormatException() => Prop.ForAll(
        Gen.Elements("0123456789,-- x+".ToCharArray()).ArrayOf().ToArbitrary(),
        characters =>
        {
            try
            {
                PortSet.Parse(new string(characters));
            }
            catch (FormatException e)
            {
                Assert.EndsWith("is not a port (1-65535) or a range of ports like 8080-8089", e.Message, StringComparison.Ordinal);
            }
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("0")]
    [InlineData("65536")]
    [InlineData("-1")]
    [InlineData("1-")]
    [InlineData("1-2-3")]
    [InlineData("9-8")]
    [InlineData("+80")]
    [InlineData("80;81")]
    public void Parse_Malformed_IsRefused(string text) => Assert.Throws<FormatException>(() => PortSet.Parse(text));

    private static string Text(IEnumerable<(int From, int To)> ranges) =>
        string.Join(" , ", ranges.Select(r => r.From == r.To ? $"{r.From}" : $"{r.From} - {r.To}"));
}
