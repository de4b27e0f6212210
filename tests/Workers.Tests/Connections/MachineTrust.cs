using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using OtpPipeline.Workers.Tests.Support;

namespace OtpPipeline.Workers.Tests.Connections;

/// <summary>An authority that this machine trusts, for clients that have no setting for one.</summary>
internal static class MachineTrust
{
    public static TestAuthority Authority { get; } = new();

    /// <summary>OpenSSL reads it once for each process, from the process's real environment.</summary>
    [ModuleInitializer]
    internal static void Set() => _ = SetEnvironment("SSL_CERT_FILE", Authority.File, 1);

    [DllImport("libc", EntryPoint = "setenv")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetEnvironment(
        [MarshalAs(UnmanagedType.LPUTF8Str)] string name, [MarshalAs(UnmanagedType.LPUTF8Str)] string value, int overwrite);
}
