using System.Globalization;
using System.Text.RegularExpressions;
using Beyla.Elf.Sites;
using Iced.Intel;

namespace Beyla.Elf.Tests.Sites.Programs;

/// <summary>All functions of programs that Go compilers made, runtime and its assembly included, against objdump and against a forward execution.</summary>
public partial class RealCodeTests
{
    public static TheoryData<string> Toolchains => [.. GoToolchain.Available];

    [GoToolchainTheory, MemberData(nameof(Toolchains))]
    public void ReturnSites_AllFunctions_CoverExactlyTheReturnsOfObjdump(string go)
    {
        SymbolisedProgram program = new(GoToolchain.BuildShapes(go));
        HashSet<ulong> expected = [];
        foreach (Match match in RetLine().Matches(Command.Run("/usr/bin/objdump", ["-d", "--no-show-raw-insn", "-j", ".text", program.Path])))
            expected.Add(ulong.Parse(match.Groups[1].ValueSpan, NumberStyles.HexNumber, CultureInfo.InvariantCulture));

        HashSet<ulong> ours = [];
        foreach (FunctionCode function in program.Functions)
        {
            FunctionBody body = FunctionBody.Decode(function);
            for (int i = 0; i < body.Count; i++)
                if (body[i].Mnemonic == Mnemonic.Ret)
                    ours.Add(body[i].IP);
        }

        expected.RemoveWhere(a => !program.Functions.Any(f => a - f.Address < (ulong)f.Code.Length));   // code without a symbol
        Assert.NotEmpty(expected);
        Assert.Equal(expected.Order(), ours.Order());
    }

    [GoToolchainTheory, MemberData(nameof(Toolchains))]
    public void ReturnSites_AllFunctions_FireExactlyOnceOnEveryPathOut(string go)
    {
        List<string> wrong = [];
        int cheap = 0;
        foreach ((FunctionCode function, IReadOnlyList<ProbeSite> sites) in WithReturnSites(go))
        {
            Assert.Equal(sites.Count, sites.Select(s => s.Address).Distinct().Count());
            cheap += sites.Count(s => s.Emulated && s.Result is not null);
            HashSet<ulong> addresses = [.. sites.Select(s => s.Address)];
            foreach ((ulong exit, ForwardExecution.Hits hits) in new ForwardExecution(function).CountHits(addresses, ForwardExecution.Hits.Never, growthRestarts: true))
                if (hits != ForwardExecution.Hits.Once)
                    wrong.Add($"{function.Name}: {hits} at {exit:x}");
        }

        Assert.Empty(wrong);
        Assert.True(cheap > 50, $"only {cheap} cheap sites: nothing was tested");
    }

    [GoToolchainTheory, MemberData(nameof(Toolchains))]
    public void ReturnSites_AllFunctionsAndFourResults_SayWhereTheResultIs(string go)
    {
        Register[] registers = [Register.RAX, Register.RBX, Register.RCX, Register.RDI];
        List<string> wrong = [];
        int onStack = 0;
        for (int word = 0; word < registers.Length; word++)
        {
            foreach ((FunctionCode function, IReadOnlyList<ProbeSite> sites) in WithReturnSites(go, word))
            {
                ForwardExecution forward = new(function);
                foreach (ProbeSite site in sites.Where(s => s.Result is not null))
                {
                    onStack += site.Result!.Value.Kind == ResultKind.Stack ? 1 : 0;
                    if (!forward.ValueArrives(site, registers[word]))
                        wrong.Add($"{function.Name} word {word}: {site}");
                }
            }
        }

        Assert.Empty(wrong);
        Assert.True(onStack > 5, $"only {onStack} sites with the result on the stack");
    }

    [GoToolchainTheory, MemberData(nameof(Toolchains))]
    public void EntrySite_AllFunctions_FiresExactlyOncePerCallUnlessItSaysSo(string go)
    {
        List<string> wrong = [];
        SymbolisedProgram program = new(GoToolchain.BuildShapes(go));
        int emulated = 0;
        foreach (FunctionCode function in program.Functions)
        {
            ProbeSite site = EntrySite.Choose(function);
            emulated += site.Emulated ? 1 : 0;
            if (!function.Code.Span.Slice(site.Offset, site.Bytes.Length).SequenceEqual(site.Bytes.Span))
                wrong.Add($"{function.Name}: bytes of {site}");
            bool growthRestarts = site.Offset > 0 && !site.Why.Contains("again when the stack grows", StringComparison.Ordinal);
            bool saysSo = site.Why.Contains("comes back", StringComparison.Ordinal) || site.Why.Contains("may fire again", StringComparison.Ordinal);
            HashSet<ulong> one = [site.Address];
            foreach ((ulong exit, ForwardExecution.Hits hits) in new ForwardExecution(function).CountHits(one, ForwardExecution.Hits.Once, growthRestarts))
                if (hits != ForwardExecution.Hits.Once && !saysSo)
                    wrong.Add($"{function.Name}: {hits} at {exit:x}: {site}");
        }

        Assert.Empty(wrong);
        Assert.True(emulated > program.Functions.Count / 2, $"only {emulated} of {program.Functions.Count} entries are emulated");
    }

    [GoToolchainTheory, MemberData(nameof(Toolchains))]
    public void ReturnSites_WriteBarrierAndDeferBeforeTheReturn_AreTheTwoArmsOfTheBarrier(string go)
    {
        FunctionCode function = new SymbolisedProgram(GoToolchain.BuildShapes(go)).Function("main.shape13Defer");

        IReadOnlyList<ProbeSite> sites = ReturnSites.Choose(function, 0);

        Assert.Contains(sites, s => s.Emulated && s.Instruction.StartsWith("jmp", StringComparison.Ordinal));
        Assert.Contains(sites, s => s.Emulated && s.Instruction.StartsWith("call runtime.gcWriteBarrier", StringComparison.Ordinal));
    }

    private static IEnumerable<(FunctionCode Function, IReadOnlyList<ProbeSite> Sites)> WithReturnSites(string go, int word = 0)
    {
        foreach (FunctionCode function in new SymbolisedProgram(GoToolchain.BuildShapes(go)).Functions)
            yield return (function, ReturnSites.Choose(function, word));
    }

    [GeneratedRegex(@"^\s*([0-9a-f]+):\s+(?:repz )?ret", RegexOptions.Multiline)]
    private static partial Regex RetLine();
}
