namespace Sdk.Tests;

/// <summary>One <see cref="Workshop"/> for all tests that need one.</summary>
[CollectionDefinition(Workshop.Collection)]
#pragma warning disable CA1711 // xunit's own word for it
public sealed class WorkshopCollection : ICollectionFixture<Workshop>;
#pragma warning restore CA1711
