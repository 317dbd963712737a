namespace Beyla.Host.Export.Otlp.Sending;

/// <summary>Batches that are used again after they were sent. Safe to use from several threads.</summary>
/// <param name="make">Makes one; it must hand itself to the given action when it is released.</param>
internal sealed class BatchPool<T>(Func<Action<T>, T> make) where T : IExportBatch
{
    private readonly Stack<T> _free = new();

    /// <summary>A batch that nobody uses.</summary>
    public T Take()
    {
        lock (_free)
            if (_free.TryPop(out T? batch)) return batch;
        return make(Give);
    }

    private void Give(T batch)
    {
        lock (_free) _free.Push(batch);
    }
}
