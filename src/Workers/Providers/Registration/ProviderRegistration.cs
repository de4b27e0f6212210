using Microsoft.Extensions.Options;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Core.Sandbox;
using OtpPipeline.Workers.Connections;
using OtpPipeline.Workers.Providers.Operations;
using OtpPipeline.Workers.Providers.Reservations;
using OtpPipeline.Workers.Providers.Sandbox;

namespace OtpPipeline.Workers.Providers.Registration;

/// <summary>The name of an existing provider; known before any provider is created.</summary>
/// <param name="Name">The name that a channel refers to.</param>
/// <param name="EmailOnly">The provider reaches e-mail addresses only.</param>
public sealed record ProviderName(string Name, bool EmailOnly = false);

public static class ProviderRegistration
{
    /// <summary>Registers all providers of this host: the sandbox and those in section <c>Providers</c>.</summary>
    public static IServiceCollection AddOtpProviders(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddNameResolution();
        services.AddSingleton<ProviderConnector>();
        services.AddSingleton<ProviderCalls>();
        services.AddSingleton<ProviderReservations>();
        services.AddSingleton<ProviderTests>();
        services.AddHostedService<ProviderExchange>();
        services.AddSingleton<IValidateOptions<DeliveryOptions>, ConfiguredProvidersExist>();
        services.AddSingleton<SandboxMailbox>();
        services.AddSingleton<SandboxReceipts>();
        services.AddOtpProvider<SandboxProvider>(ProviderLimits.Sandbox);
        services.AddConfiguredProviders(configuration);
        return services;
    }

    public static IServiceCollection AddOtpProvider<T>(this IServiceCollection services, ProviderLimits limits)
        where T : class, IOtpProvider
    {
        services.AddSingleton(new ProviderName(limits.Provider));
        services.AddSingleton(limits);
        services.AddSingleton<IOtpProvider, T>();
        return services;
    }

    private sealed class ConfiguredProvidersExist(
        IEnumerable<ProviderName> names, IOptions<SandboxOptions> sandbox) : IValidateOptions<DeliveryOptions>
    {
        public ValidateOptionsResult Validate(string? name, DeliveryOptions options)
        {
            var failures = new List<string>();
            foreach (var (channel, settings) in options.Channels)
            {
                if (settings.Provider is { } provider && Problem(channel, provider) is { } single)
                {
                    failures.Add($"Deliveries:Channels:{channel}:Provider {single}");
                }

                for (var i = 0; i < settings.Routes.Count; i++)
                {
                    var key = $"Deliveries:Channels:{channel}:Routes:{i}:{(settings.Routes[i].Weights.Count > 0 ? "Weights" : "Providers")}";
                    failures.AddRange(settings.Routes[i].AllProviders().Select(p => Problem(channel, p)).OfType<string>()
                        .Select(p => $"{key} {p}"));
                }
            }

            return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
        }

        private string? Problem(string channel, string provider)
        {
            if (!names.Any(n => string.Equals(n.Name, provider, StringComparison.Ordinal)))
            {
                return $"names \"{provider}\", which is no provider: there are {string.Join(", ", names.Select(n => n.Name))}.";
            }

            return !string.Equals(channel, Channel.Email.Text(), StringComparison.OrdinalIgnoreCase)
                && names.Any(n => n.EmailOnly && string.Equals(n.Name, provider, StringComparison.Ordinal))
                ? $"names \"{provider}\", a mail server, which serves the channel email only."
                : provider is ProviderChoice.Sandbox && !sandbox.Value.Enabled
                ? "is the sandbox, which is off: set Sandbox:Enabled or name another provider."
                : null;
        }
    }
}
