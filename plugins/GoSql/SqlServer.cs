using System.Buffers.Text;
using System.Text.Unicode;

namespace Beyla.Plugins.GoSql;

/// <summary>Server and database, as the driver's configuration names them.</summary>
internal static class SqlServer
{
    public static void Write(Span span, in SqlCallEvent call)
    {
        ReadOnlySpan<byte> address = ((ReadOnlySpan<byte>)call.Address)[..call.AddressLength];
        ReadOnlySpan<byte> database = ((ReadOnlySpan<byte>)call.Database)[..call.DatabaseLength];
        int port = call.Port;
        // MySQL's Addr is "host:port", or the path of a socket.
        if (call.Driver == SqlDriver.MySql && !address.StartsWith("/"u8) && address.LastIndexOf((byte)':') is >= 0 and int colon
            && Utf8Parser.TryParse(address[(colon + 1)..], out ushort number, out int used) && used == address.Length - colon - 1)
        {
            address = address[..colon];
            port = number;
            if (address is [(byte)'[', .., (byte)']']) address = address[1..^1];
        }
        if (!address.IsEmpty && Utf8.IsValid(address))
        {
            span.Set(Attributes.ServerAddress, address);
            // A socket has no port; pgx keeps the default one beside its path.
            if (port != 0 && address[0] != '/') span.Set(Attributes.ServerPort, port);
        }
        if (!database.IsEmpty && Utf8.IsValid(database)) span.Set(Attributes.DbNamespace, database);
    }
}
