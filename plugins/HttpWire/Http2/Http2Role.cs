namespace Beyla.HttpWire;

/// <summary>Which side of a connection the process is.</summary>
public enum Http2Role
{
    /// <summary>Not known yet: the first header block that is understood, or the preface, tells.</summary>
    Unknown,

    /// <summary>It receives requests.</summary>
    Server,

    /// <summary>It sends requests.</summary>
    Client,
}
