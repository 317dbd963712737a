namespace Beyla.Ebpf.Tests;

public sealed class KernelFeaturesTests
{
    [BpfFact]
    public void UprobeFronts_AnswersAreConclusive()
    {
        foreach (FeatureResult feature in new[] { KernelFeatures.UprobeMulti, KernelFeatures.UprobePerf, KernelFeatures.AttachCookie, KernelFeatures.TaskFileIterator })
        {
            Assert.NotEqual(FeatureAnswer.Unknown, feature.Answer);
            Assert.Equal(feature.IsSupported, feature.Reason.Length == 0);
        }
    }

    [BpfFact]
    public void UprobeMulti_KernelOfAtLeast66_Supported()
    {
        // A skip must not hide a break: from that version on it is there.
        if (Environment.OSVersion.Version >= new Version(6, 6)) Assert.Equal(new FeatureResult(FeatureAnswer.Supported, ""), KernelFeatures.UprobeMulti);
    }

    [BpfFact]
    public void Kprobe_WithoutTheEventSource_NotSupportedWithTheReason()
    {
        if (File.Exists("/sys/bus/event_source/devices/kprobe/type")) return;
        FeatureResult kprobe = KernelFeatures.Kprobe("tcp_sendmsg");
        Assert.Equal(FeatureAnswer.NotSupported, kprobe.Answer);
        Assert.Contains("kprobe/tcp_sendmsg cannot be used: this kernel has no kprobe events", kprobe.Reason, StringComparison.Ordinal);
    }

    [BpfFact]
    public void TpBtf_NoSuchTracepoint_NotSupportedWithTheReason()
    {
        FeatureResult none = KernelFeatures.TpBtf("no_such_tracepoint");
        Assert.Equal(FeatureAnswer.NotSupported, none.Answer);
        Assert.Contains("no 'no_such_tracepoint'", none.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_RefusalForLackOfMemory_IsUnknown() =>
        Assert.Equal(FeatureAnswer.Unknown, FeatureResult.Of(BpfException.From("x cannot be used", Native.Errno.ENOMEM)).Answer);

    [Fact]
    public void Of_RefusalForItsArguments_IsConclusive() =>
        Assert.Equal(FeatureAnswer.NotSupported, FeatureResult.Of(BpfException.From("x cannot be used", Native.Errno.EINVAL)).Answer);
}
