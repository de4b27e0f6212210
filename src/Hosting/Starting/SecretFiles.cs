using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.Configuration.KeyPerFile;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Options;

namespace OtpPipeline.Hosting.Starting;

/// <summary>Reads configuration from files, one for each key, as container engines mount secrets.</summary>
/// <remarks>The file <c>Otp__PinKeys__0__Key</c> holds the value of <c>Otp:PinKeys:0:Key</c>. Files are read once, at the start; a
/// rotation needs a restart.</remarks>
internal static class SecretFiles
{
    /// <summary>Folder with the files. A missing folder is no error, because most machines have none.</summary>
    public const string DirectoryKey = "Secrets:Directory";

    private const string DefaultDirectory = "/run/secrets";

    /// <summary>Files override appsettings.json; environment variables and the command line override files.</summary>
    /// <exception cref="OptionsValidationException">A file exists and cannot be read.</exception>
    public static void AddSecretFiles(this ConfigurationManager configuration)
    {
        var folder = configuration[DirectoryKey] is { Length: > 0 } configured ? configured : DefaultDirectory;
        if (!Directory.Exists(folder))
        {
            return;
        }

        var source = new Source
        {
            FileProvider = new PhysicalFileProvider(Path.GetFullPath(folder)),
            Optional = true,
            ReloadOnChange = false,
        };
        var sources = configuration.Sources;
        var below = sources.Select((s, i) => s is JsonConfigurationSource ? i : -1).DefaultIfEmpty(-1).Max();
        try
        {
            sources.Insert(below + 1, source);
        }
        catch (Exception failure) when (failure is UnauthorizedAccessException or IOException)
        {
            throw new OptionsValidationException(
                DirectoryKey, typeof(SecretFiles),
                [$"{DirectoryKey} is {folder}, where a file cannot be read: the user of this process needs the right to."]);
        }
    }

    private sealed class Source : KeyPerFileConfigurationSource, IConfigurationSource
    {
        IConfigurationProvider IConfigurationSource.Build(IConfigurationBuilder builder) => new Provider(this);
    }

    /// <summary>Removes the "\r" of a file written on Windows: the framework removes only this system's line end.</summary>
    private sealed class Provider(KeyPerFileConfigurationSource source) : KeyPerFileConfigurationProvider(source)
    {
        public override void Load()
        {
            base.Load();
            Data = Data.ToDictionary(d => d.Key, d => d.Value is [.. var value, '\r'] ? value : d.Value, StringComparer.OrdinalIgnoreCase);
        }
    }
}
