using Beyla.Elf;
using Beyla.Host.Attachment;
using Beyla.Host.Discovery.Languages;

namespace Beyla.Host.Tests.Discovery.Languages;

/// <summary>Languages of real programs: stripped ones of the distribution, and those that ship as one big executable.</summary>
public sealed class ExecutableLanguageTests
{
    [Theory]
    [ProgramData("bookworm/prometheus", "go", "function table")]
    [ProgramData("/usr/bin/python3", "python", "Py_BytesMain")]
    [ProgramData("/usr/bin/ruby", "ruby", "libruby")]
    [ProgramData("/usr/bin/php", "php", "php_module_startup")]
    [ProgramData("/usr/bin/node", "nodejs", "node")]
    [ProgramData("runtimes/deno", "deno", "DENO_DIR")]
    [ProgramData("runtimes/bun", "bun", ".bun")]
    [ProgramData("/usr/bin/java", "java", "libjli.so")]
    [ProgramData("runtimes/closure-compiler", "java", "GraalVM")]
    [ProgramData("/usr/bin/dotnet", "dotnet", "hostfxr_main")]
    [ProgramData("/usr/bin/rg", "rust", "library/std/src/")]
    [ProgramData("/usr/bin/fdfind", "rust", "library/std/src/")]
    [ProgramData("/usr/bin/apt", "cpp", "libstdc++.so.6")]
    [ProgramData("databases/mariadb/usr/sbin/mariadbd", "cpp", "libstdc++.so.6")]
    [ProgramData("/usr/sbin/nginx", "generic", "no sign")]
    [ProgramData("/usr/sbin/apache2", "generic", "no sign")]
    [ProgramData("/bin/sleep", "generic", "no sign")]
    public void Of_ARealProgram_IsItsLanguageWithTheEvidence(string program, string language, string evidence)
    {
        Inspection inspection = new ExecutableInspector([]).Inspect(program);

        Assert.Equal(language, inspection.Language);
        Assert.Contains(evidence, inspection.LanguageEvidence, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_TheStarterOfADotnetApplication_IsDotnet() =>
        Assert.Equal("dotnet", Of(Commands.BeylaProcess.Executable).Name);

    [Theory]
    [InlineData("char DotNetRuntimeDebugHeader;", "dotnet", "DotNetRuntimeDebugHeader")]                      // native AOT, stripped of sections' names
    [InlineData("char code __attribute__((section(\"__managedcode\"))) = 1;", "dotnet", "__managedcode")]
    [InlineData("char DotNetRuntimeInfo;", "dotnet", "DotNetRuntimeInfo")]                                    // a single file with its runtime
    [InlineData("char heap __attribute__((section(\".svm_heap\"))) = 1;", "java", ".svm_heap")]
    [InlineData("void graal_create_isolate(void) {}", "java", "graal_create_isolate")]
    [InlineData("void ruby_run_node(void) {}", "ruby", "ruby_run_node")]
    [InlineData("const char text[] = \"a/library/std/src/b.rs\";", "rust", "library/std/src/")]
    [InlineData("const char text[] = \"St9exception\";", "cpp", "St9exception")]
    [InlineData("const char text[] = \"library/rust\";", "generic", "no sign")]
    public void Of_OneSign_IsDecidedOnIt(string declaration, string language, string evidence)
    {
        using CProgram program = new(declaration + " int main(void) { return 0; }", "-rdynamic", "-s");

        Language found = Of(program.Path);

        Assert.Equal(language, found.Name);
        Assert.Contains(evidence, found.Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_ATextAcrossTwoPiecesOfTheSearch_IsFound()
    {
        const string Text = "library/std/src/";
        const int Piece = 1 << 18, Alignment = 32;
        string letters = string.Join(',', Text.Select(c => $"'{c}'"));
        using CProgram program = new(
            $"const char text[600000] __attribute__((aligned({Alignment}))) = {{ [{Piece - Alignment - 8}] = {letters} }}; int main(void) {{ return text[5]; }}", "-rdynamic");
        using ElfFile elf = ElfFile.Open(program.Path);
        int start = File.ReadAllBytes(program.Path).AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(Text)) - (int)elf.Sections.First(s => s.Name == ".rodata").Offset;

        Assert.InRange(start, Piece - Text.Length + 1, Piece - 1);
        Assert.Equal("rust", Of(program.Path).Name);
    }

    private static Language Of(string path)
    {
        using ElfFile elf = ElfFile.Open(path);
        return ExecutableLanguage.Of(elf, GoBinary.TryRead(elf) is not null);
    }
}
