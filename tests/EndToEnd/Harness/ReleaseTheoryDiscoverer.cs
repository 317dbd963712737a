using EndToEnd.Targets;
using EndToEnd.Targets.Web;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace EndToEnd.Harness;

/// <summary>Skips the rows of a theory whose target was not prepared, each with its own reason; the other rows run.</summary>
public sealed class ReleaseTheoryDiscoverer(IMessageSink diagnostics) : TheoryDiscoverer(diagnostics)
{
    /// <inheritdoc/>
    protected override IEnumerable<IXunitTestCase> CreateTestCasesForDataRow(
        ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo theoryAttribute, object[] dataRow)
    {
        ArgumentNullException.ThrowIfNull(dataRow);
        string? missing = dataRow.OfType<Release>().Select(r => Requirement.ForTarget(r.Path))
            .Concat(dataRow.OfType<WebRow>().Select(r => r.Missing)).FirstOrDefault(reason => reason is not null);
        return missing is null
            ? base.CreateTestCasesForDataRow(discoveryOptions, testMethod, theoryAttribute, dataRow)
            : CreateTestCasesForSkippedDataRow(discoveryOptions, testMethod, theoryAttribute, dataRow, missing);
    }
}
