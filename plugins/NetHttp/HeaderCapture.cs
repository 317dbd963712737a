using System.Buffers.Binary;
using System.Text;

namespace Beyla.Plugins.NetHttp;

/// <summary>The headers that the user wants to see (<c>[tracers.net-http] capture_headers</c>), and how they become attributes.</summary>
internal sealed class HeaderCapture
{
    /// <summary>The setting's key.</summary>
    public const string Key = "capture_headers";

    /// <summary><c>GO_KEY_MAX</c> in go_map.h.</summary>
    private const int NameMax = 40;

    /// <summary><c>GO_KEYS_MAX</c> in go_map.h.</summary>
    private const int SetSize = 4;

    /// <summary><c>struct go_keys</c>: a word of lengths, then a word and the text for each key.</summary>
    private const int SetBytes = 8 + SetSize * (8 + NameMax);

    private readonly byte[] _variable = new byte[HeaderValues.Count / SetSize * SetBytes];
    private readonly AttributeKey[] _request, _response;

    private HeaderCapture(IReadOnlyList<string> names)
    {
        _request = [.. names.Select(n => new AttributeKey("http.request.header." + n))];
        _response = [.. names.Select(n => new AttributeKey("http.response.header." + n))];
        for (int i = 0; i < names.Count; i++) Write(_variable.AsSpan(i / SetSize * SetBytes, SetBytes), i % SetSize, names[i]);
    }

    /// <summary>No headers.</summary>
    public static HeaderCapture None { get; } = new([]);

    /// <summary>The setting, for the host.</summary>
    public static TracerSetting Setting { get; } = new(
        Key, TracerSettingType.Texts, "",
        "Up to 8 header names whose first value, up to 128 bytes, becomes an attribute of server and client spans: http.request.header.<name>, http.response.header.<name>.");

    /// <summary>The BPF side's table of names (<c>capture_headers</c> in <c>bpf/net_http/captured_headers.h</c>).</summary>
    public BpfVariable Variable => new("capture_headers", _variable);

    /// <summary>Checks the names; case does not matter and a name counts once.</summary>
    /// <exception cref="FormatException">Too many, or a name that no header has.</exception>
    public static HeaderCapture Of(IReadOnlyList<string> names)
    {
        string[] distinct = [.. names.Select(n => n.Trim().ToLowerInvariant()).Distinct()];
        foreach (string name in distinct)
            if (name.Length is 0 or > NameMax || !name.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'))
                throw new FormatException($"'{name}' is no header name that can be captured: it takes 1 to {NameMax} letters, digits and hyphens");
        return distinct.Length <= HeaderValues.Count
            ? new HeaderCapture(distinct)
            : throw new FormatException($"{distinct.Length} headers are too many: at most {HeaderValues.Count} can be captured");
    }

    /// <summary>Sets the attributes of what was there.</summary>
    public void Set(Span span, in CapturedHeaders headers)
    {
        Set(span, _request, headers.Request);
        Set(span, _response, headers.Response);
    }

    private static void Set(Span span, AttributeKey[] keys, in HeaderValues values)
    {
        for (int i = 0; i < keys.Length; i++)
            if (HeaderValues.At(values, i) is { IsEmpty: false } value) span.Add(keys[i], value);
    }

    private static void Write(Span<byte> set, int index, string name)
    {
        ulong lengths = BinaryPrimitives.ReadUInt64LittleEndian(set) | 1UL << name.Length;
        BinaryPrimitives.WriteUInt64LittleEndian(set, lengths);
        Span<byte> key = set[(8 + index * (8 + NameMax))..];
        BinaryPrimitives.WriteUInt64LittleEndian(key, (ulong)name.Length);
        Encoding.ASCII.GetBytes(name, key[8..]);
    }
}
