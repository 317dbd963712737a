namespace Beyla;

/// <summary>The version of this contract. A plugin loads when its major equals the host's and its minor is not above the host's.</summary>
public static class Contract
{
    /// <summary><c>major.minor</c>: a constant, so that a plugin carries the version it was compiled with.</summary>
    public const string Version = "1.0";
}
