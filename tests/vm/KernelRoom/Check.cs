using System.Diagnostics;
using System.Globalization;

namespace KernelRoom;

/// <summary>Something that must hold on this kernel.</summary>
/// <param name="Name">What holds, as a short sentence.</param>
/// <param name="Run">Throws when it does not.</param>
internal sealed record Check(string Name, Func<Task> Run)
{
    /// <summary>Runs all, one after another, with one line each; tells the numbers at the end.</summary>
    /// <returns>Whether all held.</returns>
    public static async Task<bool> AllAsync(IReadOnlyCollection<Check> checks)
    {
        int failed = 0;
        foreach (Check check in checks)
        {
            long start = Stopwatch.GetTimestamp();
            string result = "passed", reason = "";
            try
            {
                await check.Run();
            }
#pragma warning disable CA1031 // Whatever a check throws is its failure.
            catch (Exception e)
#pragma warning restore CA1031
            {
                (result, reason) = ("FAILED", $": {e.Message}");
                failed++;
            }
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {result}  {check.Name} ({Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s){reason}"));
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{checks.Count - failed} passed, {failed} failed"));
        return failed == 0;
    }
}
