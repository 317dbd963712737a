using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Compatibility.Tests;

/// <summary>Versions of what Debian builds from a GOPATH: such programs have no modules in their build info.</summary>
internal static partial class PackagedVersions
{
    /// <summary>The libraries that the targets of tests/targets are there for: target, name to show, Debian package.</summary>
    private static readonly (string Target, string Part, string Name, string Package)[] s_libraries =
    [
        ("grpc", "", "grpc", "golang-google-grpc-dev"),
        ("h2", "", "x/net", "golang-golang-x-net-dev"),
        ("routes", "", "gin", "golang-github-gin-gonic-gin-dev"),
        ("routes", "", "gorilla/mux", "golang-github-gorilla-mux-dev"),
        ("routes", "", "chi", "golang-github-go-chi-chi-dev"),
        ("routes", "", "echo", "golang-github-labstack-echo-dev"),
        ("sql", "plain", "pq", "golang-github-lib-pq-dev"),
        ("sql", "plain", "mysql", "golang-github-go-sql-driver-mysql-dev"),
        ("sql", "plain", "pgx", "golang-github-jackc-pgx-v4-dev"),
        ("sql", "sqlite3", "go-sqlite3", "golang-github-mattn-go-sqlite3-dev"),
        ("sql", "pgx5", "pgx", "golang-github-jackc-pgx-v5-dev"),
        ("sql", "modernc", "modernc.org/sqlite", "golang-modernc-sqlite-dev"),
        ("chain", "", "grpc", "golang-google-grpc-dev"),
        ("chain", "", "pq", "golang-github-lib-pq-dev"),
        ("chain", "", "go-sqlite3", "golang-github-mattn-go-sqlite3-dev"),
    ];

    /// <summary>The version that a program of Debian says it has; empty when it says none.</summary>
    public static string OfProgram(string program, string executable)
    {
        string flag = program is "caddy" or "etcdctl" ? "version" : "--version";
        using Process process = Process.Start(new ProcessStartInfo(executable, [flag]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        string answer = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return Version().Match(answer).Value;
    }

    /// <summary>The versions of the libraries that a target was built with (<c>SUITE-GO</c> or <c>SUITE-GO-PART</c>), from the list that fetch.sh keeps beside them.</summary>
    public static string OfLibraries(string target, string build)
    {
        string[] name = build.Split('-', 3);
        string list = Path.Combine(Repository.Targets, "gocode", name[0], "usr", "share", "gocode", "packages");
        if (!File.Exists(list)) return "";
        Dictionary<string, string> versions = File.ReadLines(list).Select(l => l.Split(' ')).ToDictionary(l => l[0], l => l[1]);
        string part = name.Length == 3 ? name[2] : "plain";
        return string.Join(", ", s_libraries.Where(l => l.Target == target && (l.Part.Length == 0 || l.Part == part) && versions.ContainsKey(l.Package))
            .Select(l => $"{l.Name} {Version().Match(versions[l.Package][(versions[l.Package].IndexOf(':', StringComparison.Ordinal) + 1)..]).Value}"));
    }

    [GeneratedRegex(@"\d+(?:\.\d+)+")]
    private static partial Regex Version();
}
