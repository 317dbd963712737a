using EndToEnd.Harness;

namespace EndToEnd.Targets.Web;

/// <summary>Configurations of servers that are no programs of the tests, so that they answer <see cref="WebRequests"/>.</summary>
internal static class WebConfigurations
{
    /// <summary>nginx with two workers that passes everything on to a port.</summary>
    public static string Proxy(WebPlace place, int upstream) => Write(place, $"location / {{ proxy_pass http://127.0.0.1:{TargetProcess.Text(upstream)}; }}");

    /// <summary>nginx with two workers; the body of <c>/chunked</c> has no known length because it is searched and replaced.</summary>
    public static string Nginx(WebPlace place)
    {
        Files(place.Folder);
        return Write(place, """
            location = /ok { return 200 "ok\n"; }
            location = /echo { return 200 "echo\n"; }
            location = /error { return 500 "no\n"; }
            location = /chunked { sub_filter_types *; sub_filter one two; }
            """);
    }

    private static string Write(WebPlace place, string locations)
    {
        string folder = place.Folder.Path;
        string temporary = string.Concat(new[] { "client_body", "proxy", "fastcgi", "uwsgi", "scgi" }.Select(p => $"{p}_temp_path {folder}/{p}; "));
        string tls = place.Tls is var (certificate, key) ? $"ssl_certificate {certificate}; ssl_certificate_key {key};" : "";
        return place.Folder.Write("nginx.conf", $$"""
            user root; daemon off; worker_processes 2; pid {{folder}}/pid;
            events { worker_connections 256; }
            http {
              access_log off; sendfile on; {{temporary}}
              server {
                listen 127.0.0.1:{{place.PortText}} {{(tls.Length > 0 ? "ssl" : "")}}; {{tls}}
                root {{folder}}/files;
                {{locations}}
              }
            }
            """);
    }

    /// <summary>apache2 with its usual processes and threads.</summary>
    public static string Apache(WebPlace place)
    {
        Files(place.Folder);
        const string modules = "/usr/lib/apache2/modules";
        string folder = place.Folder.Path;
        string tls = place.Tls is var (certificate, key)
            ? $"LoadModule ssl_module {modules}/mod_ssl.so\nSSLEngine on\nSSLCertificateFile {certificate}\nSSLCertificateKeyFile {key}"
            : "";
        return place.Folder.Write("apache.conf", $"""
            ServerRoot {folder}
            ServerName localhost
            PidFile {folder}/pid
            DefaultRuntimeDir {folder}
            ErrorLog {folder}/log
            LoadModule mpm_event_module {modules}/mod_mpm_event.so
            LoadModule authz_core_module {modules}/mod_authz_core.so
            LoadModule alias_module {modules}/mod_alias.so
            LoadModule filter_module {modules}/mod_filter.so
            LoadModule include_module {modules}/mod_include.so
            Listen 127.0.0.1:{place.PortText}
            StartServers 2
            ServerLimit 2
            MaxRequestWorkers 50
            {tls}
            DocumentRoot {folder}/files
            RedirectMatch 500 ^/error$
            <Location /chunked>
              Options +Includes
              SetOutputFilter INCLUDES
            </Location>
            """);
    }

    private static void Files(TemporaryFolder folder)
    {
        folder.Write("files/ok", "ok\n");
        folder.Write("files/echo", "echo\n");
        folder.Write("files/chunked", "one");
        folder.Write("files/big", new string('x', 300_000));
    }
}
