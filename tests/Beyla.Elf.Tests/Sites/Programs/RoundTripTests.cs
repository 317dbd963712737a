using Beyla.Elf.Sites;
using Iced.Intel;

namespace Beyla.Elf.Tests.Sites.Programs;

/// <summary>The function that the selection of return sites was made for: the HTTP client's end.</summary>
public class RoundTripTests
{
    [HttpTargetFact]
    public void ReturnSites_RoundTripOfEveryGo_AnswerAResponseWithEmulatedSitesOnly()
    {
        Assert.NotEmpty(HttpTargetFactAttribute.HttpTargets);
        foreach (string target in HttpTargetFactAttribute.HttpTargets)
        {
            FunctionCode function = new SymbolisedProgram(target).Function("net/http.(*Transport).roundTrip");
            FunctionBody body = FunctionBody.Decode(function);

            IReadOnlyList<ProbeSite> sites = ReturnSites.Choose(function, 0);

            // resp.Request = origReq; return resp, nil: both arms of the write barrier, and not the RET behind them.
            ProbeSite slow = Assert.Single(sites, s => s.Instruction.StartsWith("call runtime.gcWriteBarrier", StringComparison.Ordinal));
            ProbeSite fast = Assert.Single(sites, s => s.Instruction.StartsWith("jmp", StringComparison.Ordinal));
            Assert.All([fast, slow], s => Assert.Equal((true, ResultLocation.InRegister(0)), (s.Emulated, s.Result!.Value)));
            ulong ret = Enumerable.Range(0, body.Count).Where(i => body[i].Mnemonic == Mnemonic.Ret).Select(i => body[i].IP).First(a => a > slow.Address);
            Assert.DoesNotContain(sites, s => s.Address == ret);
            Assert.True(EntrySite.Choose(function).Emulated, target);
        }
    }
}
