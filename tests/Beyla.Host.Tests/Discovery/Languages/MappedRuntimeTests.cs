using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Beyla.Host.Attachment;
using Beyla.Host.Discovery;
using Beyla.Host.Discovery.Languages;
using Beyla.Host.Tests.Commands;

namespace Beyla.Host.Tests.Discovery.Languages;

public sealed class MappedRuntimeTests
{
    private const string LoadsALibrary = """
        #include <dlfcn.h>
        #include <stdio.h>
        int main(int count, char **arguments)
        {
            puts(count > 1 && !dlopen(arguments[1], RTLD_NOW) ? dlerror() : "loaded");
            fflush(stdout);
            return getchar();
        }
        """;

    [Theory]
    [InlineData("7f00-7f01 r-xp 00000000 08:01 42  /usr/lib/apache2/modules/libphp8.2.so", "php")]
    [InlineData("7f00-7f01 r-xp 00000000 08:01 42  /usr/share/dotnet/shared/My App/10.0/libcoreclr.so", "dotnet")]
    [InlineData("7f00-7f01 r--p 00000000 08:01 42  /opt/jdk/lib/server/libjvm.so (deleted)", "java")]
    [InlineData("7f00-7f01 r-xp 00000000 08:01 42  /usr/lib/python3/libpython3.11.so.1.0/cache", null)]
    [InlineData("7f00-7f01 rw-p 00000000 00:00 0   [heap]", null)]
    [InlineData("7f00-7f01 rw-p 00000000 00:00 0 ", null)]
    public void Find_AMapping_IsARuntimeByTheNameOfItsFile(string line, string? language) =>
        Assert.Equal(language, MappedRuntime.Find(Procfs.PathOfMapping(line) is { } path ? [path] : [])?.Name);

    [Theory]
    [ProgramData("/usr/bin/ruby")]
    public async Task ForProcess_OfACProgramThatLoadsARuntime_IsTheRuntimesLanguage(string ruby)
    {
        string library = Directory.EnumerateFiles("/usr/lib", "libruby*.so*", SearchOption.AllDirectories).First();
        using CProgram program = new(LoadsALibrary);
        Inspection inspection = new ExecutableInspector([]).Inspect(program.Path);
        using Process with = await StartAsync(program, library), without = await StartAsync(program);

        Assert.Equal("generic", inspection.Language);
        Assert.Equal("generic", inspection.ForProcess(without.Id).Language);
        Assert.Equal("ruby", inspection.ForProcess(with.Id).Language);
        Assert.Contains("libruby", inspection.ForProcess(with.Id).LanguageEvidence, StringComparison.Ordinal);
        Assert.NotEmpty(ruby);

        with.Kill();
        without.Kill();
    }

    [Theory]
    [ProgramData("/usr/bin/ruby")]
    public async Task InspectPid_AsJson_TellsTheLanguageOfTheProcess(string ruby)
    {
        using CProgram program = new(LoadsALibrary);
        using Process process = await StartAsync(program, Directory.EnumerateFiles("/usr/lib", "libruby*.so*", SearchOption.AllDirectories).First());

        BeylaResult file = await BeylaProcess.RunAsync("inspect", program.Path, "--json");
        BeylaResult running = await BeylaProcess.RunAsync("inspect", process.Id.ToString(CultureInfo.InvariantCulture), "--json");

        Assert.Equal("generic", JsonDocument.Parse(file.Output).RootElement.GetProperty("language").GetString());
        JsonElement found = JsonDocument.Parse(running.Output).RootElement;
        Assert.Equal("ruby", found.GetProperty("language").GetString());
        Assert.Contains("libruby", found.GetProperty("languageEvidence").GetString(), StringComparison.Ordinal);
        Assert.NotEmpty(ruby);
        process.Kill();
    }

    private static async Task<Process> StartAsync(CProgram program, params string[] arguments)
    {
        Process process = Process.Start(new ProcessStartInfo(program.Path, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        Assert.Equal("loaded", await process.StandardOutput.ReadLineAsync());
        return process;
    }
}
