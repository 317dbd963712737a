namespace Beyla.Host.Configuration;

/// <summary>Why a file cannot be read, in words.</summary>
internal static class FileErrors
{
    /// <summary>The end of a sentence about <paramref name="e"/>, without a full stop.</summary>
    public static string Reason(Exception e, string file) => e switch
    {
        FileNotFoundException or DirectoryNotFoundException => "it does not exist",
        UnauthorizedAccessException when Directory.Exists(file) => "it is a folder",
        UnauthorizedAccessException => "this user may not read it",
        ArgumentException => "that is not a file name",
        _ => e.Message.TrimEnd('.'),
    };
}
