using System.Text;
using Beyla.Host.Configuration.Import;
using Beyla.Host.Configuration.Toml;

namespace Beyla.Host.Identity.Kubernetes;

/// <summary>The two places that say how the API server is reached: a pod's service account and a kubeconfig file.</summary>
internal static class KubernetesSources
{
    /// <summary>Where the kubelet puts a pod's service account.</summary>
    public const string ServiceAccountFolder = "/var/run/secrets/kubernetes.io/serviceaccount";

    /// <summary>Whether this process runs in a pod with a service account.</summary>
    public static bool HasServiceAccount(string folder = ServiceAccountFolder) =>
        Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_HOST") is { Length: > 0 } && File.Exists(Path.Combine(folder, "token"));

    /// <summary>The service account of the agent's pod (Kubernetes documentation, "Accessing the API from a Pod").</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public static KubernetesAccess ServiceAccount(string folder = ServiceAccountFolder)
    {
        if (!HasServiceAccount(folder))
            throw new InvalidOperationException(
                "attributes.kubernetes.enable is set, but the agent runs in no pod with a service account; set attributes.kubernetes.kubeconfig_path (KUBECONFIG), or enable = \"autodetect\".");
        string host = Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_HOST")!, port = Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_PORT") ?? "443";
        if (host.Contains(':', StringComparison.Ordinal)) host = $"[{host}]";
        return new KubernetesAccess
        {
            Server = new Uri($"https://{host}:{port}/"),
            Authorities = File.ReadAllText(Path.Combine(folder, "ca.crt")),
            TokenFile = Path.Combine(folder, "token"),
        };
    }

    /// <summary>The current context of a kubeconfig file (client-go, tools/clientcmd/api/v1).</summary>
    /// <exception cref="InvalidOperationException">The file cannot be read, or asks for a way to log in that is not known here.</exception>
    public static KubernetesAccess Kubeconfig(string file)
    {
        try
        {
            TomlTable config = YamlReader.Parse(File.ReadAllText(file), file);
            TomlTable context = Named(config, "contexts", "context", Text(config, "current-context") ?? throw new InvalidDataException("it has no current-context"));
            TomlTable cluster = Named(config, "clusters", "cluster", Text(context, "cluster") ?? throw new InvalidDataException("its context names no cluster"));
            TomlTable? user = Text(context, "user") is { } name ? Named(config, "users", "user", name) : null;
            if (user is not null && (user.TryGet("exec", out _) || user.TryGet("auth-provider", out _)))
                throw new InvalidDataException("its user logs in by a program, which is not supported: use a token or a certificate");
            return new KubernetesAccess
            {
                Server = new Uri((Text(cluster, "server") ?? throw new InvalidDataException("its cluster has no server")).TrimEnd('/') + "/"),
                Authorities = Pem(cluster, "certificate-authority", file),
                SkipVerify = cluster.TryGet("insecure-skip-tls-verify", out TomlEntry skip) && skip.Value is TomlBoolean { Value: true },
                Token = user is null ? null : Text(user, "token"),
                TokenFile = user is null ? null : Text(user, "tokenFile") is { } token ? Beside(file, token) : null,
                Identity = user is not null && Pem(user, "client-certificate", file) is { } certificate && Pem(user, "client-key", file) is { } key ? (certificate, key) : null,
            };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException or UriFormatException or FormatException or TomlException)
        {
            string reason = e is FileNotFoundException or DirectoryNotFoundException ? "the file does not exist" : e.Message.TrimEnd('.');
            throw new InvalidOperationException($"cannot use the kubeconfig file '{file}': {reason}; correct attributes.kubernetes.kubeconfig_path (KUBECONFIG) or the file.", e);
        }
    }

    private static TomlTable Named(TomlTable config, string list, string what, string name)
    {
        if (config.TryGet(list, out TomlEntry entry) && entry.Value is TomlArray array)
            foreach (TomlTable one in array.Items.OfType<TomlTable>())
                if (Text(one, "name") == name && one.TryGet(what, out TomlEntry value) && value.Value is TomlTable found) return found;
        throw new InvalidDataException($"it has no {what} '{name}'");
    }

    /// <summary>A certificate or key: in the file as base64 (<c>KEY-data</c>), or in a file of its own.</summary>
    private static string? Pem(TomlTable of, string key, string file) =>
        Text(of, key + "-data") is { } data ? Encoding.ASCII.GetString(Convert.FromBase64String(data)) : Text(of, key) is { } path ? File.ReadAllText(Beside(file, path)) : null;

    private static string Beside(string file, string path) => Path.Combine(Path.GetDirectoryName(Path.GetFullPath(file))!, path);

    private static string? Text(TomlTable of, string key) => of.TryGet(key, out TomlEntry entry) && entry.Value is TomlString text ? text.Value : null;
}
