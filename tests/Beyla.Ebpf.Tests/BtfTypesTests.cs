namespace Beyla.Ebpf.Tests;

public sealed class BtfTypesTests
{
    private static readonly BtfTypes Types = Read();

    [Fact]
    public void Struct_OfASharedHeader_HasItsOffsetsAndSizes()
    {
        Assert.True(Types.TryGetStruct("event_header", out BtfStruct? header));
        Assert.Equal(72, header.Size);
        Assert.Equal(
            ["tracer@0:2", "kind@2:2", "flags@4:4", "process@8:4", "thread@12:4", "execution@16:8", "start@24:8", "end@32:8", "trace_id@40:16", "span_id@56:8", "parent_id@64:8"],
            header.Fields.Select(f => $"{f.Name}@{f.OffsetBytes}:{f.SizeBytes}"));
        Assert.Equal(16, header.Field("trace_id")!.Elements);
    }

    [Fact]
    public void Struct_NestedUnnamedAndArrays_AreMeasured()
    {
        Assert.True(Types.TryGetStruct("call", out BtfStruct? call));
        Assert.Equal(new BtfField("header", 0, 72, 1, "event_header"), call.Field("header"));
        Assert.Equal(new BtfField("inner", 88, 4, 1, "unsigned int"), call.Field("inner"));
        Assert.Equal((92, 24, 12), (call.Field("pairs")!.OffsetBytes, call.Field("pairs")!.SizeBytes, call.Field("pairs")!.Elements));
        Assert.Equal((120, 8, "big"), (call.Field("big")!.OffsetBytes, call.Field("big")!.SizeBytes, call.Field("big")!.TypeName));
    }

    [Fact]
    public void Struct_ZeroLengthArrayOfAnEnum_KeepsTheEnumsName()
    {
        Assert.True(Types.TryGetStruct("attachment", out BtfStruct? attachment));
        Assert.Equal(new BtfField("names", 48, 0, 0, "slot"), attachment.Field("names"));
        Assert.Equal((48, 16, 2), (attachment.Field("slots")!.OffsetBytes, attachment.Field("slots")!.SizeBytes, attachment.Field("slots")!.Elements));
    }

    [Fact]
    public void Enum_OfTheHeadersAndTheTracer_HasItsValues()
    {
        Assert.True(Types.TryGetEnum("counter", out IReadOnlyDictionary<string, long>? counters));
        Assert.Equal((1, 16), (counters["COUNT_RING_FULL"], counters["COUNTERS"]));
        Assert.True(Types.TryGetEnum("slot", out IReadOnlyDictionary<string, long>? slots));
        Assert.Equal((0, 1, 2), (slots["SLOT_FIRST"], slots["SLOT_SECOND"], slots["SLOTS"]));
    }

    [Fact]
    public void Enum_WideAndNegativeValues_AreExact()
    {
        Assert.True(Types.TryGetEnum("big", out IReadOnlyDictionary<string, long>? big));
        Assert.Equal(0x1_0000_0002, big["BIG_VALUE"]);
        Assert.True(Types.TryGetEnum("negative", out IReadOnlyDictionary<string, long>? negative));
        Assert.Equal((-5, 5), (negative["NEGATIVE"], negative["POSITIVE"]));
    }

    [Fact]
    public void MissingNames_AreNotFound()
    {
        Assert.False(Types.TryGetStruct("nothing", out _));
        Assert.False(Types.TryGetEnum("call", out _));
    }

    [Fact]
    public void Blob_CutOrFlipped_IsReadOrRefusedButNeverCrashes()
    {
        byte[] blob = RawBtf();
        Random random = new(1);
        int refused = 0;
        for (int i = 0; i < 2000; i++)
        {
            byte[] bad = i % 4 == 0 ? blob[..random.Next(blob.Length)] : [.. blob];
            if (i % 4 != 0) bad[random.Next(bad.Length)] ^= (byte)(1 << random.Next(8));
            try
            {
                ReadAll(new BtfTypes(bad));
            }
            catch (BpfException)
            {
                refused++;
            }
        }
        Assert.InRange(refused, 500, 2000); // every cut one at least
    }

    private static void ReadAll(BtfTypes types)
    {
        foreach (string name in types.Structs) _ = types.TryGetStruct(name, out _);
        foreach (string name in types.Enums) _ = types.TryGetEnum(name, out _);
        _ = types.Variables().Count();
    }

    private static BtfTypes Read()
    {
        using BpfObjectSpec spec = TestObject.Open("calls.bpf.o");
        return spec.Btf;
    }

    /// <summary>The .BTF section of the object: found by its magic number, version and header length.</summary>
    private static byte[] RawBtf()
    {
        byte[] image = TestObject.Image("calls.bpf.o");
        int start = image.AsSpan().IndexOf((ReadOnlySpan<byte>)[0x9f, 0xeb, 1, 0, 24, 0, 0, 0]);
        int length = 24 + BitConverter.ToInt32(image, start + 16) + BitConverter.ToInt32(image, start + 20);
        return image.AsSpan(start, length).ToArray();
    }
}
