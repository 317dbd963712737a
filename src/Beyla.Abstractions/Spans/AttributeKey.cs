using System.Text;

namespace Beyla;

/// <summary>The name of a span attribute, encoded once. Declare as a static field; compare by reference or name.</summary>
public sealed class AttributeKey
{
    private readonly byte[] _utf8;
    private readonly int _hash;

    /// <summary>Makes a key.</summary>
    /// <param name="name">Attribute name after the semantic conventions: <c>http.request.method</c>.</param>
    public AttributeKey(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Name = name;
        _utf8 = Encoding.UTF8.GetBytes(name);
        _hash = name.GetHashCode(StringComparison.Ordinal);
    }

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>The name in UTF-8.</summary>
    public ReadOnlySpan<byte> Utf8 => _utf8;

    /// <summary>Whether both are the same name; two plugins may each have a key of their own for it.</summary>
    internal bool IsSameAs(AttributeKey other) => ReferenceEquals(this, other) || _hash == other._hash && Name == other.Name;

    /// <inheritdoc/>
    public override string ToString() => Name;
}
