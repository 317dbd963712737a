using System.Diagnostics;
using System.Globalization;

namespace EndToEnd.Harness;

/// <summary>Waiting for conditions with a deadline.</summary>
internal static class Eventually
{
    /// <summary>Long enough for anything that should take milliseconds on a busy machine.</summary>
    public static TimeSpan Soon { get; } = Seconds(15);

    /// <summary>So many seconds on a usual machine, more on a slow one: for limits that nothing should reach.</summary>
    public static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds) * Patience;

    /// <summary>How much slower than usual this machine is (BEYLA_TEST_PATIENCE): an emulated one 20 times.</summary>
    private static int Patience => int.TryParse(Environment.GetEnvironmentVariable("BEYLA_TEST_PATIENCE"), CultureInfo.InvariantCulture, out int factor) ? factor : 1;

    /// <summary>Asks every few milliseconds until the answer is true; after the deadline fails with the sentence of <paramref name="otherwise"/>.</summary>
    public static async Task TrueAsync(Func<Task<bool>> condition, TimeSpan deadline, Func<string> otherwise)
    {
        long start = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(start) > deadline) Assert.Fail($"after {deadline.TotalSeconds:0.#} s {otherwise()}");
            await Task.Delay(5);
        }
    }

    /// <inheritdoc cref="TrueAsync(Func{Task{bool}}, TimeSpan, Func{string})"/>
    public static Task TrueAsync(Func<bool> condition, TimeSpan deadline, Func<string> otherwise) =>
        TrueAsync(() => Task.FromResult(condition()), deadline, otherwise);
}
