using System.Net.NetworkInformation;
using System.Security.Cryptography;

namespace OtpPipeline.Tests.Shared;

/// <summary>Ports for servers of the tests, below those that outgoing connections take.</summary>
internal static class FreePorts
{
    private static readonly Lock PortLock = new();
    private static readonly List<FileStream> Reservations = [];
    private static int _last = RandomNumberGenerator.GetInt32(20_000, 23_000);

    /// <summary>No other test process gets it, even while the server behind it is down.</summary>
    public static int Next()
    {
        lock (PortLock)
        {
            var taken = IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Select(l => l.Port).ToHashSet();
            do
            {
                _last++;
            }
            while (taken.Contains(_last) || !TryReserve(_last));
            return _last;
        }
    }

    /// <summary>The lock goes with the process, however that ends.</summary>
    private static bool TryReserve(int port)
    {
        var path = Path.Combine(Path.GetTempPath(), $"otp-test-port-{port}");
        try
        {
            Reservations.Add(new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose));
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
