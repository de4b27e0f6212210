using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace OtpPipeline.Hosting.Starting;

/// <summary>Checks that Unicode normalisation works, which needs ICU on Linux.</summary>
internal static class UnicodeSupport
{
    private const string Missing =
        "ICU is missing, which Unicode normalisation needs: install libicu (Debian 12: libicu72, Debian 13: libicu76, Alpine: icu-libs).";

    private const string Off =
        "Unicode normalisation is switched off: DOTNET_SYSTEM_GLOBALIZATION_INVARIANT must be false or not set.";

    private const int StandardError = 2;
    private const uint OldestVersion = 50;
    private const uint NewestVersion = 120;

    /// <summary>Sets the invariant culture in every thread, or writes to the standard error why the host cannot start.</summary>
    public static bool IsReady()
    {
        if (Problem() is not { } problem)
        {
            return true;
        }

        // Without Console, whose encoding needs a culture.
        using var handle = new SafeFileHandle(StandardError, ownsHandle: false);
        using var errors = new FileStream(handle, FileAccess.Write, bufferSize: 0);
        errors.Write(Encoding.UTF8.GetBytes(problem + "\n"));
        return false;
    }

    private static string? Problem()
    {
        // The runtime ends the process with a stack trace at the first use of a culture, so this looks for the library first.
        if (OperatingSystem.IsLinux() && !IsInstalled(static name => NativeLibrary.TryLoad(name, out _)))
        {
            return Missing;
        }

        CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.InvariantCulture;
        CultureInfo.DefaultThreadCurrentCulture = CultureInfo.DefaultThreadCurrentUICulture = CultureInfo.InvariantCulture;
        return string.Equals("１２".Normalize(NormalizationForm.FormKC), "12", StringComparison.Ordinal) ? null : Off;
    }

    /// <summary>Whether the library loads under a name that the runtime tries; uses no culture.</summary>
    internal static bool IsInstalled(Func<string, bool> loads)
    {
        for (var version = NewestVersion; version >= OldestVersion; version--)
        {
            if (loads(string.Concat("libicuuc.so.", version.ToString(provider: null))))
            {
                return true;
            }
        }

        return loads("libicuuc.so");
    }
}
