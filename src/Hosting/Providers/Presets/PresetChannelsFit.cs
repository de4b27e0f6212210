using Microsoft.Extensions.Options;
using OtpPipeline.Core.Deliveries;

namespace OtpPipeline.Hosting.Providers.Presets;

/// <summary>Stops the host when a channel names a provider whose preset serves other channels.</summary>
internal sealed class PresetChannelsFit(IReadOnlyList<ProviderEntry> entries) : IValidateOptions<DeliveryOptions>
{
    public ValidateOptionsResult Validate(string? name, DeliveryOptions options)
    {
        List<string> failures =
        [
            .. options.Channels.SelectMany(c => Named(c.Value).Select(n => (Channel: c.Key, n.Key, n.Provider)))
                .SelectMany(n => entries
                    .Where(e => e.Name.Equals(n.Provider, StringComparison.Ordinal) && !Serves(e, n.Channel))
                    .Select(e => $"Deliveries:Channels:{n.Channel}:{n.Key} names \"{n.Provider}\", which serves the channel " +
                        $"{string.Join(", ", ChannelsOf(e))} only.")),
        ];
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static IReadOnlyList<string> ChannelsOf(ProviderEntry entry) => entry.Preset?.About.Channels ?? [];

    private static bool Serves(ProviderEntry entry, string channel) =>
        ChannelsOf(entry).Count == 0 || ChannelsOf(entry).Contains(channel, StringComparer.OrdinalIgnoreCase);

    private static IEnumerable<(string Key, string Provider)> Named(ChannelOptions channel)
    {
        if (channel.Provider is { } provider)
        {
            yield return ("Provider", provider);
        }

        for (var i = 0; i < channel.Routes.Count; i++)
        {
            foreach (var routed in channel.Routes[i].AllProviders())
            {
                yield return ($"Routes:{i}", routed);
            }
        }
    }
}
