namespace Beyla.HttpWire;

/// <summary>
/// The Huffman code of header strings (RFC 7541, section 5.2 and appendix B). It is canonical: the codes of one length follow each other, so the
/// number of codes of each length and the symbols in the order of their codes are the whole table.
/// </summary>
internal static class Huffman
{
    private const int Shortest = 5, Longest = 30;

    /// <summary>How many codes have 0, 1, 2 … bits; the last one of 30 bits is EOS.</summary>
    private static ReadOnlySpan<byte> Counts => [0, 0, 0, 0, 0, 10, 26, 32, 6, 0, 5, 3, 2, 6, 2, 3, 0, 0, 0, 3, 8, 13, 26, 29, 12, 4, 15, 19, 29, 0, 4];

    private static ReadOnlySpan<byte> Symbols =>
    [
        48, 49, 50, 97, 99, 101, 105, 111, 115, 116, 32, 37, 45, 46, 47, 51, 52, 53, 54, 55, 56, 57, 61, 65, 95, 98, 100, 102, 103, 104,
        108, 109, 110, 112, 114, 117, 58, 66, 67, 68, 69, 70, 71, 72, 73, 74, 75, 76, 77, 78, 79, 80, 81, 82, 83, 84, 85, 86, 87, 89, 106,
        107, 113, 118, 119, 120, 121, 122, 38, 42, 44, 59, 88, 90, 33, 34, 40, 41, 63, 39, 43, 124, 35, 62, 0, 36, 64, 91, 93, 126, 94,
        125, 60, 96, 123, 92, 195, 208, 128, 130, 131, 162, 184, 194, 224, 226, 153, 161, 167, 172, 176, 177, 179, 209, 216, 217, 227, 229,
        230, 129, 132, 133, 134, 136, 146, 154, 156, 160, 163, 164, 169, 170, 173, 178, 181, 185, 186, 187, 189, 190, 196, 198, 228, 232,
        233, 1, 135, 137, 138, 139, 140, 141, 143, 147, 149, 150, 151, 152, 155, 157, 158, 165, 166, 168, 174, 175, 180, 182, 183, 188,
        191, 197, 231, 239, 9, 142, 144, 145, 148, 159, 171, 206, 215, 225, 236, 237, 199, 207, 234, 235, 192, 193, 200, 201, 202, 205,
        210, 213, 218, 219, 238, 240, 242, 243, 255, 203, 204, 211, 212, 214, 221, 222, 223, 241, 244, 245, 246, 247, 248, 250, 251, 252,
        253, 254, 2, 3, 4, 5, 6, 7, 8, 11, 12, 14, 15, 16, 17, 18, 19, 20, 21, 23, 24, 25, 26, 27, 28, 29, 30, 31, 127, 220, 249, 10, 13,
        22,
    ];

    /// <summary>Decodes a string; what does not fit is counted, but not written.</summary>
    /// <param name="text">The encoded string.</param>
    /// <param name="to">Where the beginning of the decoded string goes.</param>
    /// <param name="length">Bytes of the decoded string.</param>
    /// <returns><see langword="false"/> when it is not encoded as the specification asks: EOS in it, padding that is no beginning of EOS or too long.</returns>
    public static bool TryDecode(ReadOnlySpan<byte> text, Span<byte> to, out int length)
    {
        length = 0;
        ulong bits = 0;
        int count = 0;
        foreach (byte b in text)
        {
            bits = bits << 8 | b;
            count += 8;
            while (count >= Shortest && TryTake(bits, count, out int symbol, out int used))
            {
                if (symbol < 0) return false;
                if (length < to.Length) to[length] = (byte)symbol;
                length++;
                count -= used;
                bits &= (1UL << count) - 1;
            }
        }
        return count < 8 && bits == (1UL << count) - 1;
    }

    /// <summary>The symbol that the highest of the bits stand for, -1 for EOS; <see langword="false"/> when there are too few of them.</summary>
    private static bool TryTake(ulong bits, int count, out int symbol, out int used)
    {
        uint first = 0;                                    // the first code of this length
        int index = 0;                                     // and its place among the symbols
        for (int length = 1; length <= Longest; length++)
        {
            first <<= 1;
            if (length > count) break;
            uint offset = (uint)(bits >> count - length) - first;
            if (offset < Counts[length])
            {
                index += (int)offset;
                (symbol, used) = (index < Symbols.Length ? Symbols[index] : -1, length);
                return true;
            }
            index += Counts[length];
            first += Counts[length];
        }
        (symbol, used) = (0, 0);
        return false;
    }
}
