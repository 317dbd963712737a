using EndToEnd.Harness;
using EndToEnd.Targets;

namespace Sdk.Tests;

/// <summary>The sample samples/libpq: built from its own folder by the packages alone, then on Debian's PostgreSQL and Python.</summary>
[Collection(Workshop.Collection)]
public sealed class LibPqSampleTests(Workshop workshop)
{
    [AgentFact]
    public async Task Psycopg2_StatementsOfSeveralKinds_GiveASpanEach()
    {
        const string python = "/usr/bin/python3"; // Debian's, which has psycopg2; another may come first on the PATH
        string folder = workshop.Room("libpq");
        await workshop.RunAsync(folder, """
            cp -r "$BEYLA/samples/libpq/." . && rm -rf nuget.config */bin */obj
            dotnet test LibPq.Tests
            beyla plugin test LibPq
            """);
        await using Postgres database = await Postgres.StartAsync();
        // A copy of the interpreter, so that no other test's Python is selected.
        string copy = Path.Combine(folder, "interpreter");
        File.Copy(File.ResolveLinkTarget(python, returnFinalTarget: true)!.FullName, copy);
        await using ChildProcess target = ChildProcess.Start(
            copy, [Path.Combine(folder, "target", "queries.py"), $"host=127.0.0.1 port={database.Port} user=postgres dbname=postgres"],
            new Dictionary<string, string?> { ["PYTHONHOME"] = "/usr", ["PYTHONPATH"] = null });
        await target.Output.WaitForAsync(new("connected"), Eventually.Soon, target.ToString);
        await using Agent agent = await Agent.StartAsync(o =>
        {
            o.ExecutableName = copy;
            o.PluginsPath = Path.Combine(folder, "LibPq", "bin", "plugins");
        });
        await agent.AttachedAsync(target.Pid);

        await target.WriteLineAsync("go");

        await Eventually.TrueAsync(() => agent.Spans.Count >= 4, Eventually.Soon, agent.Log.ToString);
        Assert.Equal(["CREATE", "INSERT users", "SELECT users", "SELECT nowhere"], agent.Spans.Select(s => s.Name));
        Assert.Equal(["PGRES_FATAL_ERROR"], agent.Spans.Select(s => s.TextOf("error.type")).OfType<string>());
        Assert.All(agent.Spans, s => Assert.Equal("postgresql", s.TextOf("db.system.name")));
        await agent.StopAsync();
    }
}
