namespace Beyla;

/// <summary>
/// Something that knows values of traced processes beside their spans. A tracer implements it, too, if it has such metrics: they are collected with
/// the metrics of spans and carry the process' resource.
/// </summary>
public interface IProcessObserver
{
    /// <summary>The metrics it reports; asked once, after <see cref="IConfigurableTracer.Configure"/>. Empty: it is switched off.</summary>
    IReadOnlyList<ObservedMetric> ObservedMetrics { get; }

    /// <summary>
    /// Begins to observe a process, before its first values are wanted; <see langword="null"/>: there is nothing to observe in it. An exception costs
    /// this process' observation and one line in the log. Never called on the thread that decodes events.
    /// </summary>
    IProcessObservation? TryObserve(in ObservedProcess process);
}

/// <summary>A process that may be observed.</summary>
/// <param name="Pid">Its pid in the agent's PID namespace.</param>
/// <param name="ExecutablePath">Its executable, as the process sees it; <c>/proc/PID/exe</c> can always be opened.</param>
/// <param name="Language">telemetry.sdk.language: <c>go</c>.</param>
public readonly record struct ObservedProcess(int Pid, string ExecutablePath, string Language);

/// <summary>One process under observation; disposed when the process has ended, or the agent does.</summary>
public interface IProcessObservation : IDisposable
{
    /// <summary>
    /// Reports the values of this moment. Called by one thread at a time, as often as metrics are collected. An exception ends the observation of this
    /// process and costs one line in the log.
    /// </summary>
    /// <returns>Whether the process is still there; <see langword="false"/> ends its observation.</returns>
    bool Read(IObservedValues values);
}

/// <summary>Takes values of observed metrics.</summary>
public interface IObservedValues
{
    /// <summary>Reports a whole number.</summary>
    /// <param name="metric">One of the observer's metrics.</param>
    /// <param name="value">The value; of a counter the sum since the process began.</param>
    /// <param name="attributes">The values of the metric's attributes, in their order; <see langword="null"/>: this one is not known.</param>
    /// <exception cref="ArgumentException">The observer has no such metric, or it has other attributes.</exception>
    void Set(ObservedMetric metric, long value, params ReadOnlySpan<string?> attributes);

    /// <summary>Reports a number; one that is not finite is left out.</summary>
    /// <param name="metric">One of the observer's metrics.</param>
    /// <param name="value">The value; of a counter the sum since the process began.</param>
    /// <param name="attributes">The values of the metric's attributes, in their order; <see langword="null"/>: this one is not known.</param>
    /// <exception cref="ArgumentException">The observer has no such metric, or it has other attributes.</exception>
    void Set(ObservedMetric metric, double value, params ReadOnlySpan<string?> attributes);
}
