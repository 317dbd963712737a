namespace Beyla.Host.Discovery.Languages;

/// <summary>The language of a program, and how it shows.</summary>
/// <param name="Name">
/// telemetry.sdk.language: <c>go java dotnet nodejs deno bun python ruby php rust cpp</c>, or <c>generic</c> where nothing tells.
/// </param>
/// <param name="Evidence">What it was decided on, in words that follow a colon.</param>
internal readonly record struct Language(string Name, string Evidence)
{
    /// <summary>The language of what could be any: C, assembly, a language without a sign of its own.</summary>
    public const string Generic = "generic";

    /// <summary>No sign of any language.</summary>
    public static Language Unknown { get; } = new(Generic, "no sign of a runtime or of a language other than C");

    /// <summary>Whether it is the executable's own toolchain that shows: such a program may yet have another language's runtime loaded.</summary>
    public bool MayHostARuntime => Name is Generic or "cpp" or "rust";
}
