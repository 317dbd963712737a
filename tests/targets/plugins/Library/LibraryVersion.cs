namespace Library;

public static class LibraryVersion
{
    public static string Text { get; } = $"library-{typeof(LibraryVersion).Assembly.GetName().Version!.Major}";
}
