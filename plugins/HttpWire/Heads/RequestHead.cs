using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Beyla.HttpWire;

/// <summary>
/// The head of an HTTP/1 request (RFC 9112), as views into the bytes it was read from, which may be cut anywhere. Never throws: what is not
/// there is empty, and <see cref="IsTargetCut"/> and <see cref="MessageFields.IsComplete"/> say whether that means anything.
/// </summary>
public ref struct RequestHead
{
    private const int MethodMax = 32;

    /// <summary>RFC 9110, section 5.6.2.</summary>
    private static readonly SearchValues<byte> s_token =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    private MessageFields _fields;

    /// <summary>The method as it was sent.</summary>
    public ReadOnlySpan<byte> Method { get; private set; }

    /// <summary>The request target, <see cref="RequestTarget"/>.</summary>
    public ReadOnlySpan<byte> Target { get; private set; }

    /// <summary>The bytes end within the target, or right behind it: there may have been more of it.</summary>
    public bool IsTargetCut { get; private set; }

    /// <summary>1; 0 when the line was cut before the version.</summary>
    public byte Major { get; private set; }

    /// <summary>Second number of the version.</summary>
    public byte Minor { get; private set; }

    /// <summary>The field lines.</summary>
    [UnscopedRef]
    public readonly ref readonly MessageFields Fields => ref _fields;

    /// <summary>Bytes of the head with its empty line; 0 when it was cut.</summary>
    public int Length { get; private set; }

    /// <summary>
    /// Reads a head. A line without its end counts only when it begins with a method that is known and a target that looks like one.
    /// </summary>
    /// <param name="bytes">From the first byte of the request on; may go on after the head.</param>
    /// <param name="head">What was found.</param>
    /// <returns><see langword="false"/> when this is no HTTP/1 request.</returns>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out RequestHead head)
    {
        head = default;
        ReadOnlySpan<byte> rest = bytes.TrimStart("\r\n"u8); // RFC 9112, section 2.2
        int line = FieldLines.LineLength(rest);
        if (line == 0) return head.TakeCutLine(rest);
        if (!head.TakeLine(FieldLines.WithoutEnd(rest[..line]))) return false;
        rest = rest[line..];
        head._fields = MessageFields.Read(rest);
        if (head._fields.IsComplete) head.Length = bytes.Length - rest.Length + head._fields.Length;
        return true;
    }

    private bool TakeLine(ReadOnlySpan<byte> line)
    {
        int version = line.LastIndexOf((byte)' ');
        return version > 0 && TakeVersion(line[(version + 1)..]) && TakeMethodAndTarget(line[..version]);
    }

    private bool TakeCutLine(ReadOnlySpan<byte> line)
    {
        int first = line.IndexOf((byte)' '), last = line.LastIndexOf((byte)' ');
        if (first < 0 || !HttpMethod.IsKnown(line[..first])) return false;
        IsTargetCut = last == first;
        if (!TakeMethodAndTarget(IsTargetCut ? line : line[..last])) return false;
        if (!Target.StartsWith("/"u8) && !Target.StartsWith("http"u8) && !Target.SequenceEqual("*"u8)) return false;
        ReadOnlySpan<byte> version = IsTargetCut ? default : line[(last + 1)..].TrimEnd((byte)'\r');
        return TakeVersion(version) || "HTTP/1."u8.StartsWith(version);
    }

    private bool TakeMethodAndTarget(ReadOnlySpan<byte> text)
    {
        int space = text.IndexOf((byte)' ');
        if (space is <= 0 or > MethodMax || text[..space].ContainsAnyExcept(s_token)) return false;
        Method = text[..space];
        Target = text[(space + 1)..];
        return !Target.IsEmpty && !Target.ContainsAnyInRange((byte)0, (byte)' ');
    }

    private bool TakeVersion(ReadOnlySpan<byte> text)
    {
        if (text.Length != 8 || !text.StartsWith("HTTP/1."u8) || !char.IsAsciiDigit((char)text[7])) return false;
        (Major, Minor) = (1, (byte)(text[7] - '0'));
        return true;
    }
}
