using Xunit.Abstractions;

namespace EndToEnd.Targets.Web;

/// <summary>A server of the matrix, plain or with TLS, as test data.</summary>
public sealed record WebRow : IXunitSerializable
{
    /// <summary>For xunit, which fills it by <see cref="Deserialize"/>.</summary>
    public WebRow()
    {
    }

    internal WebRow(string server, bool tls) => (Server, Tls) = (server, tls);

    /// <summary>Name of the server.</summary>
    public string Server { get; private set; } = "";

    /// <summary>Whether it speaks TLS.</summary>
    public bool Tls { get; private set; }

    /// <summary>Null when the server and all clients are there; otherwise the reason to skip.</summary>
    internal string? Missing => WebPlace.Missing(Program.Program)
        ?? WebClients.All.Select(c => WebPlace.Missing(c.Program)).FirstOrDefault(reason => reason is not null);

    /// <summary>The server.</summary>
    internal WebServer Program => WebServers.All.Single(s => s.Name == Server);

    /// <inheritdoc/>
    public void Serialize(IXunitSerializationInfo info)
    {
        ArgumentNullException.ThrowIfNull(info);
        info.AddValue(nameof(Server), Server);
        info.AddValue(nameof(Tls), Tls);
    }

    /// <inheritdoc/>
    public void Deserialize(IXunitSerializationInfo info)
    {
        ArgumentNullException.ThrowIfNull(info);
        Server = info.GetValue<string>(nameof(Server));
        Tls = info.GetValue<bool>(nameof(Tls));
    }

    /// <inheritdoc/>
    public override string ToString() => Server + (Tls ? " with TLS" : "");
}
