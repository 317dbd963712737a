using System.Runtime.InteropServices;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Beyla.Host.Configuration.Reload;

/// <summary>
/// Reads the configuration again on SIGHUP and when its file has changed, and hands it to those whose part can change while they run. A
/// configuration with mistakes changes nothing. Without a file nothing can change, and SIGHUP keeps its meaning.
/// </summary>
/// <param name="configuration">What the agent was started with.</param>
/// <param name="checkTracers">Says what is wrong with the tables of the tracers.</param>
/// <param name="log">Takes one line for each time.</param>
internal sealed class ConfigurationReload(
    BeylaConfiguration configuration, Func<BeylaOptions, ConfigurationReport> checkTracers, ILogger<ConfigurationReload> log)
{
    private readonly Channel<bool> _requests = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly BeylaConfiguration _started = configuration;
    private BeylaConfiguration _current = configuration;

    /// <summary>Called with each changed configuration, before the next is read. Only settings with <see cref="Settings.Setting.Live"/> may be used.</summary>
    public event Action<BeylaOptions>? Changed;

    /// <summary>
    /// How often the file is looked at. Its content is compared, not its times, and no kernel watch is used: both miss some of what editors, symbolic
    /// links (Kubernetes) and network file systems do.
    /// </summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Asks for a reading. From any thread.</summary>
    public void Request() => _requests.Writer.TryWrite(true);

    /// <summary>Answers SIGHUP, requests and changes of the file; ends with <paramref name="stop"/>.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        if (_started.FileName is not { } file) return;
        using PosixSignalRegistration hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
        {
            signal.Cancel = true;
            Request();
        });
        byte[]? read = Content(file), pending = read;
        while (!stop.IsCancellationRequested)
        {
            bool asked = await IsAskedAsync(stop).ConfigureAwait(false);
            byte[]? now = Content(file);
            // A file that is being written is left alone until it looks the same twice; one that is away for a moment, too.
            bool changed = now is not null && !Same(now, read) && Same(now, pending);
            pending = now;
            if (!asked && !changed) continue;
            read = now;
            Read();
        }
    }

    /// <summary>Reads the configuration now.</summary>
    public void Read()
    {
        BeylaConfiguration next = _started.LoadAgain();
        if (Mistakes(next) is { Count: > 0 } mistakes)
        {
            string more = mistakes.Count > 1 ? $" (and {mistakes.Count - 1} more: 'beyla config check' shows all)" : "";
            log.LogError("the configuration stays as it was: {Mistake}{More}", mistakes[0], more);
            return;
        }
        foreach (string warning in next.Report.Warnings.Except(_current.Report.Warnings)) log.LogWarning("{Warning}", warning);
        string[] live = ConfigurationDifference.Live(_current, next), later = ConfigurationDifference.AtNextStart(_started, next);
        _current = next;
        if (live.Length > 0) Changed?.Invoke(next.Options);
        log.LogInformation("configuration read again: {Changes}.", live.Length > 0 ? $"{string.Join(", ", live)} changed" : "nothing changed that is in force");
        if (later.Length > 0) log.LogWarning("configuration: what changed in {Keys} takes effect at the next start.", string.Join(", ", later));
    }

    private List<string> Mistakes(BeylaConfiguration next)
    {
        if (next.Report.Errors is { Count: > 0 } errors) return [.. errors];
        if (!next.Options.HasCriteria) return [BeylaConfiguration.NothingSelected];
        return [.. checkTracers(next.Options).Errors];
    }

    private async Task<bool> IsAskedAsync(CancellationToken stop)
    {
        using CancellationTokenSource wait = CancellationTokenSource.CreateLinkedTokenSource(stop);
        wait.CancelAfter(PollInterval);
        try
        {
            return await _requests.Reader.ReadAsync(wait.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private static byte[]? Content(string file)
    {
        try
        {
            return File.ReadAllBytes(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static bool Same(byte[]? a, byte[]? b) => a is null ? b is null : b is not null && a.AsSpan().SequenceEqual(b);
}
