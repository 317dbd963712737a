using Xunit.Abstractions;
using Xunit.Sdk;

namespace Compatibility.Tests;

/// <summary>A test of one row; skipped with the reason where the row's program is not here, or is no longer the one that was inspected.</summary>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer("Compatibility.Tests.RowTheoryDiscoverer", "Compatibility.Tests")]
internal sealed class RowTheoryAttribute : TheoryAttribute;

/// <summary>Asks <see cref="RowOfDocument.WhyNotHere"/> for each row.</summary>
public sealed class RowTheoryDiscoverer(IMessageSink diagnostics) : TheoryDiscoverer(diagnostics)
{
    /// <inheritdoc/>
    protected override IEnumerable<IXunitTestCase> CreateTestCasesForDataRow(
        ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo theoryAttribute, object[] dataRow)
    {
        ArgumentNullException.ThrowIfNull(dataRow);
        return RowOfDocument.WhyNotHere((string)dataRow[0], (string)dataRow[1]) is { } reason
            ? CreateTestCasesForSkippedDataRow(discoveryOptions, testMethod, theoryAttribute, dataRow, reason)
            : base.CreateTestCasesForDataRow(discoveryOptions, testMethod, theoryAttribute, dataRow);
    }
}
