using System.Reflection;
using System.Runtime.CompilerServices;
using Beyla.Ebpf;
using Beyla.Host.Plugins.Permissions;
using Beyla.Validation;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Beyla.Host.Plugins;

/// <summary>A loaded plugin: its load context, its own small service provider and its decorated tracers.</summary>
internal sealed class Plugin : IDisposable
{
    private readonly PluginLoadContext _context;
    private readonly ILogger _log;
    private ServiceProvider? _services;

    private Plugin(PluginLoadContext context, ILogger log)
    {
        (_context, _log) = (context, log);
        Context = new WeakReference(context);
    }

    /// <summary>Dead once the unloaded plugin has been collected.</summary>
    public WeakReference Context { get; }

    /// <summary>Its tracers, behind the fault barrier.</summary>
    public IReadOnlyList<TracerFaults> Tracers { get; private set; } = [];

    /// <summary>Loads the assembly, then runs plugin code for the first time: makes its tracers and checks them.</summary>
    /// <param name="folder">Where it is.</param>
    /// <param name="host">What it gets.</param>
    /// <param name="accept">Called before any code of the plugin runs; throws a <see cref="PluginException"/> to refuse it.</param>
    /// <exception cref="PluginException">It was refused, its code failed, or its tables are not valid; everything is unloaded again.</exception>
    public static Plugin Load(PluginFolder folder, PluginHostServices host, Action<PluginMetadata> accept)
    {
        PluginLoadContext? context = null;
        Plugin? plugin = null;
        try
        {
            context = new PluginLoadContext(folder);
            plugin = new Plugin(context, host.Loggers.CreateLogger<Plugin>());
            Assembly assembly = context.LoadEntry();
            accept(PluginMetadata.Of(assembly));
            plugin.MakeTracers(assembly, host, folder.Manifest?.Permissions ?? PluginPermissions.None);
            return plugin;
        }
#pragma warning disable CA1031 // Whatever a plugin throws while it is loaded costs this plugin only.
        catch (Exception e)
#pragma warning restore CA1031
        {
            plugin?.Dispose();
            throw PluginException.From(e);
        }
    }

    /// <summary>Disposes the tracers and gives the load context up; it is collected when nobody uses the plugin's objects any more.</summary>
    public void Dispose()
    {
        Tracers = [];
        try
        {
            _services?.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
#pragma warning disable CA1031 // A tracer that throws while it is disposed is gone all the same.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _log.LogWarning("{Plugin}: a tracer failed while it was disposed: {Fault}", _context.Name, e.Message);
        }
        _services = null;
        _context.Unload();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void MakeTracers(Assembly assembly, PluginHostServices host, PluginPermissions permissions)
    {
        _context.RequireDependencies(assembly);
        // Scrutor passes over types that cannot be loaded; the user wants to hear of them.
        _ = assembly.GetTypes();

        ServiceCollection services = new();
        services.AddSingleton(host.Loggers).AddSingleton(typeof(ILogger<>), typeof(Logger<>)).AddSingleton(host.Time);
        services.Scan(scan => scan.FromAssemblies(assembly).AddClasses(c => c.AssignableTo<ITracer>()).As<ITracer>().WithSingletonLifetime());
        if (!services.Any(s => s.ServiceType == typeof(ITracer)))
            throw PluginException.Refused("holds no tracer (a public class that implements ITracer).");
        // By a factory: finding the constructor by itself takes System.Linq.Expressions, a megabyte.
        services.Decorate<ITracer>(tracer => new TracerFaults(tracer, host.Loggers.CreateLogger<TracerFaults>(), host.Time));

        _services = services.BuildServiceProvider();
        Tracers = [.. _services.GetServices<ITracer>().Cast<TracerFaults>()];
        IReadOnlyList<Type> events = EventStructs.DeclaredIn(assembly);
        foreach (TracerFaults tracer in Tracers) Check(tracer, events, host.ReadObject, permissions);
    }

    private void Check(TracerFaults tracer, IReadOnlyList<Type> events, BpfObjectReader? read, PluginPermissions permissions)
    {
        BpfObjectLayout? bpf = null;
        try
        {
            if (read?.Invoke(tracer.Bpf.Name, tracer.Bpf.Read()) is var (layout, use))
            {
                bpf = layout;
                RefuseUndeclared(tracer, permissions, use);
            }
        }
        catch (Exception e) when (e is BpfException or InvalidOperationException)
        {
            throw PluginException.Refused(e.Message);
        }
        List<string> problems = [.. TracerValidation.Check(tracer.Inner, bpf)];
        if (bpf is not null) problems.AddRange(EventStructs.Check(Comparable(events, bpf), bpf));
        if (problems.Count > 0) throw PluginException.Refused(new TracerValidationException(tracer.Name, problems).Message);
    }

    private static void RefuseUndeclared(TracerFaults tracer, PluginPermissions permissions, BpfObjectUse use)
    {
        if (PermissionCheck.Undeclared(permissions, use) is { Count: > 0 } undeclared)
            throw PluginException.Refused($"tracer {tracer.Name} does what it may not: {string.Join("; ", undeclared)}.");
    }

    /// <summary>
    /// Nothing says which tracer of several an event struct belongs to: then only the objects that know the struct are compared. The header
    /// is in the BTF of every object that has an event struct.
    /// </summary>
    private IEnumerable<Type> Comparable(IReadOnlyList<Type> events, BpfObjectLayout bpf)
    {
        HashSet<string> known = [.. bpf.Structs.Select(s => s.Name)];
        bool Knows(Type type) => known.Contains(type.GetCustomAttribute<BpfStructAttribute>()!.Name);
        return events.Where(e => Tracers.Count == 1 || Knows(e)).Concat(new[] { typeof(EventHeader) }.Where(Knows));
    }
}
