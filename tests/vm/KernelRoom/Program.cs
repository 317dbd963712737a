// What must hold on the kernel that this runs on: every tracer's object passes the verifier, every front that the kernel has attaches, and the real
// agent makes the right spans. Arguments: the fronts that this kernel lacks, as TRACER/FRONT; --agent-by TRACER/FRONT: the agent runs by such fronts only.
using EndToEnd.Harness;
using EndToEnd.Targets;
using KernelRoom;

string[] agentBy = [.. args.Zip(args.Skip(1)).Where(p => p.First == "--agent-by").Select(p => p.Second)];
string[] lacking = [.. args.Except(agentBy).Except(["--agent-by"])];
using LoadedTracers tracers = new();
List<Check> checks = [];
foreach (string name in tracers.Names) checks.Add(new($"{name} passes the verifier", () => Task.Run(() => tracers.Load(name, front: null))));
foreach ((string tracer, string front) in tracers.Fronts)
{
    bool lacks = lacking.Contains($"{tracer}/{front}");
    checks.Add(new($"{tracer} {(lacks ? "says that it cannot use" : "attaches")} the front {front}", () => Task.Run(() =>
    {
        try
        {
            tracers.Load(tracer, front);
        }
        catch (InvalidOperationException) when (lacks)
        {
            return;
        }
        if (lacks) throw new InvalidOperationException("the kernel has it after all");
    })));
}
if (!await Check.AllAsync(checks)) return 1; // the agent would only wait for what cannot come

checks.Clear();
checks.Add(new("the agent makes one span for each request to a Go server", AgentRun.GoServerAsync));
foreach ((string tracer, string front) in tracers.Fronts.Where(f => !lacking.Contains($"{f.Tracer}/{f.Front}") && (agentBy.Length == 0 || agentBy.Contains($"{f.Tracer}/{f.Front}"))))
{
    if (tracer == "http-filter") checks.Add(new($"the agent makes one span for each request to an HTTP server by {front}", () => AgentRun.SocketServerAsync(front)));
    if (tracer == "http-ssl") checks.Add(new($"the agent makes one span for each request to an HTTPS server by {front}", () => AgentRun.TlsServerAsync(front)));
}
return await Check.AllAsync(checks) ? 0 : 1;
