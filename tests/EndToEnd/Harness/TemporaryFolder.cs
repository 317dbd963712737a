namespace EndToEnd.Harness;

/// <summary>A folder of one test, deleted with everything in it at the end.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("beyla-test-");

    /// <summary>Absolute path of the folder.</summary>
    public string Path => _folder.FullName;

    /// <summary>Absolute path of something in it; the parent folders are made.</summary>
    public string File(string name)
    {
        string path = System.IO.Path.Combine(Path, name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        return path;
    }

    /// <summary>Writes a text file and returns its path.</summary>
    public string Write(string name, string text)
    {
        string path = File(name);
        System.IO.File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Copies an executable into it, so that an agent can select the copy by its path, and returns that path.</summary>
    public string Copy(string executable)
    {
        string copy = File(System.IO.Path.GetFileName(executable));
        System.IO.File.Copy(System.IO.File.ResolveLinkTarget(executable, returnFinalTarget: true)?.FullName ?? executable, copy);
        return copy;
    }

    public void Dispose()
    {
        try
        {
            _folder.Delete(recursive: true);
        }
        catch (IOException)
        {
            // A program that is just ending may still write into it; the folder is in the system's temporary folder anyway.
        }
    }
}
