using EndToEnd.Harness;

namespace EndToEnd.Targets;

/// <summary>A database that a Go driver can reach.</summary>
internal abstract class Database : IAsyncDisposable
{
    /// <summary>Starts the database that a driver of the sql target speaks to.</summary>
    public static async Task<Database> ForAsync(string driver) => driver switch
    {
        "mysql" => await MariaDb.StartAsync(),
        "sqlite3" or "modernc" => new Sqlite(),
        _ => await Postgres.StartAsync(),
    };

    /// <summary>What the sql target's driver needs to connect.</summary>
    public abstract string SourceFor(string driver);

    /// <summary>Its address as dbmate wants it, which makes the database when there is none.</summary>
    public abstract string Url { get; }

    public abstract ValueTask DisposeAsync();

    private sealed class Sqlite : Database
    {
        private readonly TemporaryFolder _folder = new();

        /// <inheritdoc/>
        public override string SourceFor(string driver) => _folder.File("test.db");

        /// <inheritdoc/>
        public override string Url => $"sqlite:{_folder.File("test.db")}";

        public override ValueTask DisposeAsync()
        {
            _folder.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
