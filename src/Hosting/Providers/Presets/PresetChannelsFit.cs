using Microsoft.Extensions.Options;
using OtpPipeline.Core.Deliveries;

namespace OtpPipeline.Workers.Providers.Registration;

/// <summary>The channels that an entry's preset serves.</summary>
/// <param name="Provider">The entry's name.</param>
/// <param name="Channels">All channels when empty.</param>
internal sealed record PresetChannels(string Provider, IReadOnlyList<string> Channels);

/// <summary>Stops the host when a channel names a provider whose preset serves other channels.</summary>
internal sealed class PresetChannelsFit(IEnumerable<PresetChannels> presets) : IValidateOptions<DeliveryOptions>
{
    public ValidateOptionsResult Validate(string? name, DeliveryOptions options)
    {
        List<string> failures =
        [
            .. options.Channels.SelectMany(c => Named(c.Value).Select(n => (Channel: c.Key, n.Key, n.Provider)))
                .SelectMany(n => presets.Where(p => p.Provider.Equals(n.Provider, StringComparison.Ordinal) && p.Channels.Count > 0 && !Serves(p, n.Channel))
                    .Select(p => $"Deliveries:Channels:{n.Channel}:{n.Key} names \"{n.Provider}\", which serves the channel " +
                        $"{string.Join(", ", p.Channels)} only.")),
        ];
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static bool Serves(PresetChannels preset, string channel) => preset.Channels.Contains(channel, StringComparer.OrdinalIgnoreCase);

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
