using Beyla.Ebpf.Native;

namespace Beyla.Ebpf;

/// <summary>Answers of a feature probe.</summary>
public enum FeatureAnswer
{
    /// <summary>It could not be told: no privilege, no memory ... Asking again may help.</summary>
    Unknown,

    /// <summary>A program was loaded and attached.</summary>
    Supported,

    /// <summary>The kernel cannot, or will not.</summary>
    NotSupported,
}

/// <summary>What a feature probe found.</summary>
/// <param name="Answer">The answer.</param>
/// <param name="Reason">Why not, for users; empty when supported.</param>
public readonly record struct FeatureResult(FeatureAnswer Answer, string Reason)
{
    /// <summary>Whether the answer is <see cref="FeatureAnswer.Supported"/>.</summary>
    public bool IsSupported => Answer == FeatureAnswer.Supported;

    internal static FeatureResult Supported { get; } = new(FeatureAnswer.Supported, "");

    internal static FeatureResult No(string reason) => new(FeatureAnswer.NotSupported, reason);

    internal static FeatureResult Unknown(string reason) => new(FeatureAnswer.Unknown, reason);

    /// <summary>A refusal says something about the kernel only if this process had every capability and resource.</summary>
    internal static FeatureResult Of(BpfException refusal) => refusal.Errno switch
    {
        Native.Errno.EPERM or Native.Errno.EACCES when Capabilities.MissingForBpf().Length > 0 => Unknown(refusal.Message),
        Native.Errno.ENOMEM or Native.Errno.EAGAIN or Native.Errno.EBUSY or Native.Errno.EMFILE or Native.Errno.ENFILE or Native.Errno.EINTR
            or Native.Errno.ENOSPC => Unknown(refusal.Message),
        _ => No(refusal.Message),
    };
}
