namespace Beyla;

/// <summary>
/// A tracer with settings of its own in <c>[tracers.&lt;name&gt;]</c>. The host checks keys and types (an unknown key is an error with file and
/// line), then calls <see cref="Configure"/> once, before it reads <see cref="BpfVariables"/> and loads the object.
/// </summary>
public interface IConfigurableTracer
{
    /// <summary>The settings there are. Each can also be set by environment: <c>BEYLA_TRACERS_NET_HTTP_CAPTURE_HEADERS</c>.</summary>
    IReadOnlyList<TracerSetting> Settings { get; }

    /// <summary>Takes the values.</summary>
    /// <exception cref="FormatException">
    /// A value is not usable. The message says why; the host adds where the setting that was read last was written, so look at one before the next.
    /// </exception>
    void Configure(ITracerSettings settings);

    /// <summary>Values for <c>volatile const</c> variables of the BPF object, which the verifier then knows as constants.</summary>
    IReadOnlyList<BpfVariable> BpfVariables { get; }
}

/// <summary>The type of a tracer's setting.</summary>
public enum TracerSettingType
{
    /// <summary>true or false.</summary>
    Boolean,

    /// <summary>A whole number.</summary>
    Integer,

    /// <summary>A text.</summary>
    Text,

    /// <summary>An array of texts; one text with commas in the environment.</summary>
    Texts,

    /// <summary>A time span like <c>5s</c>.</summary>
    Duration,
}

/// <summary>One setting of a tracer.</summary>
/// <param name="Key">snake_case: <c>capture_headers</c>.</param>
/// <param name="Type">Its type.</param>
/// <param name="Default">Its default as text, as in the environment; empty for "none".</param>
/// <param name="Description">One sentence.</param>
public sealed record TracerSetting(string Key, TracerSettingType Type, string Default, string Description);

/// <summary>The values of a tracer's settings, defaults filled in.</summary>
public interface ITracerSettings
{
    /// <summary>A boolean setting.</summary>
    bool Boolean(string key);

    /// <summary>An integer setting.</summary>
    long Integer(string key);

    /// <summary>A text setting.</summary>
    string Text(string key);

    /// <summary>A list setting.</summary>
    IReadOnlyList<string> Texts(string key);

    /// <summary>A duration setting.</summary>
    TimeSpan Duration(string key);
}

/// <summary>A value for a <c>volatile const</c> variable of a BPF object.</summary>
/// <param name="Name">The variable.</param>
/// <param name="Value">Its bytes, exactly as many as the variable has.</param>
public sealed record BpfVariable(string Name, ReadOnlyMemory<byte> Value)
{
    /// <summary>A value of an unmanaged type.</summary>
    public static BpfVariable Of<T>(string name, T value) where T : unmanaged =>
        new(name, System.Runtime.InteropServices.MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)).ToArray());
}
