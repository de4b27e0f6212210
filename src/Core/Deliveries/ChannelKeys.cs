using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace OtpPipeline.Core.Deliveries;

/// <summary>Reports unknown keys of channels and routes: a misspelt condition would fit every OTP.</summary>
internal sealed class ChannelKeys(IConfiguration configuration) : IValidateOptions<DeliveryOptions>
{
    private static readonly string[] OfChannel = Names(typeof(ChannelOptions));
    private static readonly string[] OfRoute = Names(typeof(DeliveryRouteOptions));

    public ValidateOptionsResult Validate(string? name, DeliveryOptions options)
    {
        var channels = configuration.GetSection($"{DeliveryOptions.Section}:{nameof(DeliveryOptions.Channels)}").GetChildren().ToList();
        var routes = channels.SelectMany(c => c.GetSection(nameof(ChannelOptions.Routes)).GetChildren());
        var problems = channels.SelectMany(c => Unknown(c, OfChannel)).Concat(routes.SelectMany(r => Unknown(r, OfRoute))).ToList();
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private static IEnumerable<string> Unknown(IConfigurationSection section, string[] known) =>
        section.GetChildren().Where(k => !known.Contains(k.Key, StringComparer.OrdinalIgnoreCase))
            .Select(k => $"{k.Path} is no key here: there are {string.Join(", ", known)}.");

    private static string[] Names(Type type) => [.. type.GetProperties().Select(p => p.Name)];
}
