using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace OtpPipeline.Hosting.Providers.Entries;

/// <summary>Reads an entry's files: secrets as container engines mount them, templates, certificates.</summary>
public static class EntryFiles
{
    /// <summary>Returns the value of a key or the content of the file that the "File" key names; null if neither is set.</summary>
    public static string? Value(string key, string? value, string? file, EntryProblems problems)
    {
        var fileKey = key + "File";
        if (string.IsNullOrEmpty(file))
        {
            return string.IsNullOrEmpty(value) ? null : value;
        }

        if (!string.IsNullOrEmpty(value))
        {
            problems.Add(fileKey, $"and {key} are both set: keep one of them.");
            return null;
        }

        return Content(fileKey, file, problems);
    }

    /// <summary>Returns the content of a key's file without the final newline.</summary>
    public static string? Content(string key, string file, EntryProblems problems)
    {
        try
        {
            var content = File.ReadAllText(file).TrimEnd('\r', '\n');
            if (content.Length > 0)
            {
                return content;
            }

            problems.Add(key, "names a file that is empty.");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            problems.Add(key, "names a file that cannot be read.");
        }

        return null;
    }

    /// <summary>Trust policy for the provider's certificate: the machine's authorities, or only those of a PEM file.</summary>
    public static X509ChainPolicy? Trust(string key, string? file, EntryProblems problems)
    {
        if (string.IsNullOrEmpty(file))
        {
            return null;
        }

        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        try
        {
            policy.CustomTrustStore.ImportFromPemFile(file);
        }
        catch (Exception failure) when (
            failure is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            problems.Add(key, "names a file that cannot be read.");
            return null;
        }

        if (policy.CustomTrustStore.Count == 0)
        {
            problems.Add(key, "names a file without a certificate in PEM form.");
        }

        return policy;
    }
}
