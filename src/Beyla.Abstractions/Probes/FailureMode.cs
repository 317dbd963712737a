namespace Beyla;

/// <summary>What it means when a probe, field or itab is not in a binary, or cannot be attached.</summary>
public enum FailureMode
{
    /// <summary>Its group is not attached. Other groups are not affected.</summary>
    Required,

    /// <summary>The group goes on; the loss is shown to the user.</summary>
    Warn,

    /// <summary>The group goes on; this was a luxury.</summary>
    Ignore,
}
