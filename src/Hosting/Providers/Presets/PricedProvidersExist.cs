using Microsoft.Extensions.Options;
using OtpPipeline.Core.Deliveries;

namespace OtpPipeline.Hosting.Providers.Presets;

/// <summary>Stops the host when Deliveries:Prices names a provider that does not exist: its messages would cost nothing.</summary>
/// <remarks>The Api may have no entries of its providers; those that a channel names exist for it.</remarks>
internal sealed class PricedProvidersExist(IReadOnlyList<ProviderEntry> entries) : IValidateOptions<DeliveryOptions>
{
    public ValidateOptionsResult Validate(string? name, DeliveryOptions options)
    {
        var served = options.Channels.Values.SelectMany(c => c.Routes.SelectMany(r => r.AllProviders()).Append(c.Provider))
            .OfType<string>();
        List<string> known =
            [.. entries.Select(e => e.Name).Append(ProviderChoice.Sandbox).Concat(served).Distinct(StringComparer.Ordinal)];
        List<string> failures =
        [
            .. options.Prices.Keys.Where(p => !known.Contains(p, StringComparer.Ordinal))
                .Select(p => $"Deliveries:Prices:{p} names no provider: there are {string.Join(", ", known)}."),
        ];
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
