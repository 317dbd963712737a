using System.Runtime.InteropServices;

namespace Beyla.Host.Plugins.Trust;

/// <summary>
/// Signatures of manifests, by OpenSSL's libcrypto, which .NET on Linux brings anyway but has no Ed25519 for. Loaded only when a signature is made or
/// looked at. Keys are PEM files as <c>openssl genpkey -algorithm ed25519</c> writes them.
/// </summary>
internal static class Ed25519
{
    private const string Library = "libcrypto.so.3";
    private const int KeyBytes = 32, SignatureBytes = 64;
    private const int KeyType = 1087; // NID_ED25519, openssl/obj_mac.h

    /// <summary>What stands before the key in PKCS #8 and in SubjectPublicKeyInfo (RFC 8410, sections 4 and 7): both have one form only.</summary>
    private static ReadOnlySpan<byte> PrivatePrefix => [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];

    private static ReadOnlySpan<byte> PublicPrefix => [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

    /// <summary>The 32 bytes of a public key.</summary>
    /// <exception cref="PluginException">The file is missing or holds no such key.</exception>
    public static byte[] PublicKey(string path) => ReadKey(path, "PUBLIC KEY", PublicPrefix);

    /// <summary>The 32 bytes of a private key.</summary>
    /// <exception cref="PluginException">The file is missing or holds no such key.</exception>
    public static byte[] PrivateKey(string path) => ReadKey(path, "PRIVATE KEY", PrivatePrefix);

    /// <summary>Whether somebody with the private half of the key signed these bytes.</summary>
    public static bool IsSignature(byte[] publicKey, byte[] content, byte[] signature) => signature.Length == SignatureBytes && WithContext(
        () => EVP_PKEY_new_raw_public_key(KeyType, 0, publicKey, KeyBytes),
        (context, key) => EVP_DigestVerifyInit(context, 0, 0, 0, key) == 1
            && EVP_DigestVerify(context, signature, SignatureBytes, content, (nuint)content.Length) == 1);

    /// <summary>Signs bytes.</summary>
    public static byte[] Sign(byte[] privateKey, byte[] content)
    {
        byte[] signature = new byte[SignatureBytes];
        nuint length = SignatureBytes;
        bool signed = WithContext(
            () => EVP_PKEY_new_raw_private_key(KeyType, 0, privateKey, KeyBytes),
            (context, key) => EVP_DigestSignInit(context, 0, 0, 0, key) == 1
                && EVP_DigestSign(context, signature, ref length, content, (nuint)content.Length) == 1);
        return signed ? signature : throw PluginException.Refused($"{Library} could not sign with this key.");
    }

    private static bool WithContext(Func<nint> makeKey, Func<nint, nint, bool> use)
    {
        try
        {
            nint key = makeKey(), context = EVP_MD_CTX_new();
            bool done = key != 0 && context != 0 && use(context, key);
            EVP_MD_CTX_free(context);
            EVP_PKEY_free(key);
            return done;
        }
        catch (DllNotFoundException)
        {
            throw PluginException.Refused($"signatures need OpenSSL's {Library}, which is not on this machine. Install OpenSSL 3 (Debian: libssl3).");
        }
    }

    private static byte[] ReadKey(string path, string label, ReadOnlySpan<byte> prefix)
    {
        string text;
        try
        {
            text = File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw PluginException.Refused($"the key {path} cannot be read: {e.Message}");
        }
        if (System.Security.Cryptography.PemEncoding.TryFind(text, out var fields) && text[fields.Label] == label
            && Convert.FromBase64String(text[fields.Base64Data]) is var der && der.Length == prefix.Length + KeyBytes && der.AsSpan().StartsWith(prefix))
            return der[prefix.Length..];
        throw PluginException.Refused($"{path} holds no Ed25519 {label.ToLowerInvariant()} in PEM. Make one with: openssl genpkey -algorithm ed25519");
    }

#pragma warning disable SYSLIB1054 // Generated marshalling needs unsafe code, which stays in Beyla.Ebpf; here, where nothing is called often, arrays do.
    [DllImport(Library)]
    private static extern nint EVP_PKEY_new_raw_public_key(int type, nint engine, byte[] key, nuint length);

    [DllImport(Library)]
    private static extern nint EVP_PKEY_new_raw_private_key(int type, nint engine, byte[] key, nuint length);

    [DllImport(Library)]
    private static extern void EVP_PKEY_free(nint key);

    [DllImport(Library)]
    private static extern nint EVP_MD_CTX_new();

    [DllImport(Library)]
    private static extern void EVP_MD_CTX_free(nint context);

    [DllImport(Library)]
    private static extern int EVP_DigestVerifyInit(nint context, nint keyContext, nint digest, nint engine, nint key);

    [DllImport(Library)]
    private static extern int EVP_DigestVerify(nint context, byte[] signature, nuint signatureLength, byte[] content, nuint length);

    [DllImport(Library)]
    private static extern int EVP_DigestSignInit(nint context, nint keyContext, nint digest, nint engine, nint key);

    [DllImport(Library)]
    private static extern int EVP_DigestSign(nint context, byte[] signature, ref nuint signatureLength, byte[] content, nuint length);
#pragma warning restore SYSLIB1054
}
