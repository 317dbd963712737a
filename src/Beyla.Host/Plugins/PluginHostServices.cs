using Beyla.Host.Plugins.Permissions;
using Beyla.Validation;
using Microsoft.Extensions.Logging;

namespace Beyla.Host.Plugins;

/// <summary>What the host gives to plugins and their loading.</summary>
/// <param name="Loggers">Forwarded into each plugin's service provider, with <see cref="ILogger{T}"/>.</param>
/// <param name="Time">Forwarded as well.</param>
/// <param name="ReadObject">Looks into a BPF object; <see langword="null"/>: tables are checked without it.</param>
internal sealed record PluginHostServices(ILoggerFactory Loggers, TimeProvider Time, BpfObjectReader? ReadObject = null);

/// <summary>Says what a compiled BPF object holds, without loading it; <see langword="null"/>: cannot be told.</summary>
/// <param name="name">For messages.</param>
/// <param name="image">The ELF image.</param>
internal delegate BpfObjectFacts? BpfObjectReader(string name, byte[] image);

/// <summary>What is read from a BPF object that is opened once.</summary>
/// <param name="Layout">What its tables and event structs are compared with.</param>
/// <param name="Use">What it does, to be compared with what its plugin declared.</param>
internal sealed record BpfObjectFacts(BpfObjectLayout Layout, BpfObjectUse Use);
