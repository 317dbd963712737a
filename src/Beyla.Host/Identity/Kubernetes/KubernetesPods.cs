using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Beyla.Host.Configuration;
using Beyla.Host.Export.Otlp.Sending;
using Microsoft.Extensions.Logging;

namespace Beyla.Host.Identity.Kubernetes;

/// <summary>Starts what the configuration asks for of Kubernetes.</summary>
internal static class KubernetesPods
{
    /// <summary>Whether the API server is asked.</summary>
    public static bool AreWanted(KubernetesOptions options) => options.Enable switch
    {
        KubernetesMetadata.On => true,
        KubernetesMetadata.Autodetect => KubernetesSources.HasServiceAccount(),
        _ => false,
    };

    /// <summary>Begins to watch. Apart, so that nothing of HTTP and cryptography is loaded where nobody asks for it.</summary>
    /// <exception cref="InvalidOperationException">It is not known how to reach the API server.</exception>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static (PodDirectory Pods, IDisposable Watch) Start(KubernetesOptions options, TimeProvider time, ILoggerFactory logs)
    {
        KubernetesAccess access = options.KubeconfigPath is { } file ? KubernetesSources.Kubeconfig(file) : KubernetesSources.ServiceAccount();
        PodDirectory pods = new(options.SyncTimeout, time);
        try
        {
            PodWatch watch = new(access, options.NodeName ?? Environment.MachineName, pods, new RetryDelay(Random.Shared.NextDouble), logs.CreateLogger<PodWatch>());
            watch.Start();
            return (pods, watch);
        }
        catch (CryptographicException e)
        {
            throw new InvalidOperationException($"cannot use the certificates for Kubernetes' API server: {e.Message.TrimEnd('.')}; give certificates and keys in PEM.", e);
        }
    }
}
