namespace Beyla.Elf.Tests;

/// <summary>Signatures as users type them.</summary>
public class SignatureParserTests
{
    [Theory]
    [InlineData("main.computeE(iterations int64) float64")]
    [InlineData("main.greet(name string, times int, loud bool) (string, error)")]
    [InlineData("main.(*order).total(receiver *main.order, quantity int32) int64", "main.(*order).total(quantity int32) int64")]
    [InlineData("main.run()")]
    [InlineData("main.run(f func(int, string) error, m map[string][]byte, c chan int)")]
    [InlineData("main.f(a int, b int, s string)", "main.f(a, b int, s string)")]
    [InlineData("main.f(int, string)")]
    [InlineData("main.f() (n int, err error)")]
    public void Parse_Signature_IsWrittenBackInFull(string full, string? typed = null) => Assert.Equal(full, SignatureParser.Parse(typed ?? full, _ => null)!.ToString());

    [Theory]
    [InlineData("main.computeE", "main.computeE")]
    [InlineData("net/http.(*conn).serve", "net/http.(*conn).serve")]
    [InlineData("net/http.(*conn).serve(ctx any)", "net/http.(*conn).serve")]
    [InlineData("main.Map[go.shape.int].Get(key int) string", "main.Map[go.shape.int].Get")]
    public void NameOf_Text_IsWhatStandsBeforeTheList(string text, string name) => Assert.Equal(name, SignatureParser.NameOf(text));

    [Fact]
    public void Parse_NameAlone_IsNoSignature() => Assert.Null(SignatureParser.Parse("net/http.(*conn).serve", _ => null));

    [Theory]
    [InlineData("main.f(a thing)", "type 'thing' is not in the program's type data; write what it is made of, like int64, string, *T, []byte or error")]
    [InlineData("main.f(a int", "'main.f(a int': the '(' at column 7 is not closed")]
    public void Parse_Mistake_IsASentence(string text, string sentence) =>
        Assert.Equal(sentence, Assert.Throws<FormatException>(() => SignatureParser.Parse(text, _ => null)).Message);
}
