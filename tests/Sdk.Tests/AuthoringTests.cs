using EndToEnd.Harness;

namespace Sdk.Tests;

/// <summary>What the documents promise to authors, done literally.</summary>
[Collection(Workshop.Collection)]
public sealed class AuthoringTests(Workshop workshop)
{
    [AgentFact]
    public async Task Tutorial_ExecutedInAnEmptyFolder_Works()
    {
        string folder = workshop.Room("tutorial"), place = Path.Combine(folder, ".place");
        await File.WriteAllTextAsync(place, folder);

        foreach ((string script, int spans) in Workshop.Commands(Path.Combine(Repository.Root, "docs", "authoring", "tutorial.md")))
        {
            string there = (await File.ReadAllTextAsync(place)).Trim();
            if (spans > 0) await workshop.RunUntilAsync(there, script, " --- job-", spans);
            else await workshop.RunAsync(there, $"{script}\npwd > '{place}'");
        }

        Assert.True(File.Exists(Path.Combine(folder, "Jobs", "jobs-0.1.0.beyla")));
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(folder, "Jobs", "plugins")));
    }

    [TracedTheory]
    [InlineData("c-library", "Lookups", "getaddrinfo")]
    [InlineData("kernel-hook", "Connects", "connect")]
    public async Task Template_OfThisKind_BuildsPassesItsTestAndTracesItsTarget(string kind, string name, string span)
    {
        string folder = workshop.Room(kind);

        await workshop.RunAsync(folder, $"""
            beyla plugin new {name} --kind {kind} --feed {workshop.Feed}
            cd {name}
            dotnet build {name}
            beyla plugin test {name}
            cc -o target/target target/target.c
            beyla plugin check {name} --exe target/target
            beyla plugin verify {name}
            """);
        await workshop.RunUntilAsync(Path.Combine(folder, name), $"""
            ./target/target > /dev/null &
            beyla run --plugins {name}/bin/plugins --executable-name "$PWD/target/target" --trace-printer text
            """, $" --- {span} ", count: 3);
    }

    [Fact]
    public async Task DotnetNew_OfThePackage_WritesWhatPluginNewWrites()
    {
        string folder = workshop.Room("dotnet-new");

        await workshop.RunAsync(folder, $"""
            dotnet new install {workshop.Feed}/Beyla.Templates.*.nupkg --debug:custom-hive "$PWD/hive"
            dotnet new beyla-tracer -n QueueClient --kind c-library --feed {workshop.Feed} --debug:custom-hive "$PWD/hive"
            mkdir other && cd other
            beyla plugin new QueueClient --kind c-library --feed {workshop.Feed}
            diff -r QueueClient ../QueueClient
            """);
    }

    [Fact]
    public async Task Commands_OfPlugin_AreThoseOfTheDocument()
    {
        string help = await workshop.RunAsync(workshop.Room("help"), "beyla plugin --help");
        string[] listed = [.. help.Split('\n').SkipWhile(l => !l.StartsWith("Commands:", StringComparison.Ordinal)).Skip(1).TakeWhile(l => l.StartsWith("  ", StringComparison.Ordinal))
            .Where(l => l[2] != ' ').Select(l => l.Trim().Split(' ')[0])];

        string document = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "authoring", "README.md"));
        string[] told = [.. System.Text.RegularExpressions.Regex.Matches(document, @"^\| `beyla plugin (\w+)", System.Text.RegularExpressions.RegexOptions.Multiline).Select(m => m.Groups[1].Value)];

        Assert.NotEmpty(listed);
        Assert.Equal(listed, told);
    }

    [Theory]
    [InlineData("plugin new queue", "'queue' is no name in PascalCase")]
    [InlineData("plugin new Span", "'Span' is a name of the contract")]
    [InlineData("plugin new Queue --kind rust", "--kind is 'rust'; it can be go-function, c-library, kernel-hook.")]
    [InlineData("plugin check nowhere", "there is no folder nowhere.")]
    [InlineData("plugin pack /", "Run dotnet build there.")]
    [InlineData("plugin install nothing.beyla --plugins .", "there is no file or folder nothing.beyla.")]
    public async Task Plugin_WhatCannotBeDone_IsSaidInASentence(string arguments, string sentence)
    {
        string said = await workshop.RunAsync(workshop.Room("errors"), $"beyla {arguments} 2>&1", exitCode: 1);

        Assert.Contains(sentence, said);
        Assert.DoesNotContain('\n', said);
    }
}
