using System.ComponentModel.DataAnnotations;
using OtpPipeline.Core.Formats;
using OtpPipeline.Core.Recipients;

namespace OtpPipeline.Core.Deliveries;

/// <summary>Section <c>Deliveries</c>.</summary>
public sealed class DeliveryOptions : IValidatableObject
{
    public const string Section = "Deliveries";

    /// <summary>Maximum of <see cref="MaxOtpsPerMessage"/>: no work command names more.</summary>
    public const int MostOtpsPerMessage = 64;

    /// <summary>How long a claim holds; must exceed every channel's time-out. 5 seconds to 10 minutes; default 30 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:05", "00:10:00")]
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Do not send when less of the OTP's lifetime is left. 0 to 30 seconds; default 1 second.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:30")]
    public TimeSpan ExpiryMargin { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Publish a queued delivery again this long after its due time, plus the lag of its queue. 1 second to 10 minutes; default 15 seconds.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan LostAfter { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Maximum published, unclaimed deliveries of one application on one channel. 16 to 100000; default 500.</summary>
    /// <remarks>Further ones wait in the database for their turn.</remarks>
    [Range(16, 100_000)]
    public int MaxPublishedPerApplication { get; set; } = 500;

    /// <summary>Maximum OTPs that one work command names; at most half of its channel's Concurrency. 1 to 64; default 64.</summary>
    [Range(1, MostOtpsPerMessage)]
    public int MaxOtpsPerMessage { get; set; } = MostOtpsPerMessage;

    /// <summary>Pause between two searches for waiting deliveries when none was found. 10 ms to 10 seconds; default 100 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "00:00:10")]
    public TimeSpan ReleaseInterval { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>A count grants more deliveries only up to this number.</summary>
    internal int PublishTarget => MaxPublishedPerApplication / 2;

    /// <summary>Maximum that one count grants in one process.</summary>
    internal int PublishBlock => MaxPublishedPerApplication / 16;

    /// <summary>Rounds of a route per step of the plan, 1 to 20; default 5. A round tries each provider once.</summary>
    [Range(1, 20)]
    public int MaxAttempts { get; set; } = 5;

    /// <summary>By channel: sms, email, telegram, call, whatsapp, ussd.</summary>
    /// <remarks>A channel without an entry uses the sandbox if enabled; otherwise it is not served.</remarks>
    public IDictionary<string, ChannelOptions> Channels { get; init; } = new Dictionary<string, ChannelOptions>(
        StringComparer.OrdinalIgnoreCase);

    /// <summary>Price of one part by provider and country ("*" for all others), instead of the channel's.</summary>
    public IDictionary<string, IDictionary<string, decimal>> Prices { get; init; } =
        new Dictionary<string, IDictionary<string, decimal>>(StringComparer.Ordinal);

    /// <summary>The entry of a channel, or the defaults.</summary>
    public ChannelOptions From(Channel channel) => Channels.TryGetValue(channel.Text(), out var options) ? options : ChannelOptions.Default;

    /// <summary>Maximum OTPs of one work command: a worker that is idle has places for all of them at once.</summary>
    internal int MessageSize(Channel channel) => Math.Clamp(From(channel).Concurrency / 2, 1, MaxOtpsPerMessage);

    /// <summary>Latest start of a call after its claim: it then ends within the lease, if the lease exceeds twice the time-out.</summary>
    internal TimeSpan BeginWithin(Channel channel)
    {
        var timeout = From(channel).Timeout;
        return timeout < Lease - timeout ? Lease - timeout : timeout;
    }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var (name, channel) in Channels)
        {
            if (!EnumText<Channel>.TryParse(name, out _))
            {
                yield return new($"Deliveries:Channels:{name} is no channel: use one of {Recipients.Channels.Names}.");
            }

            var results = new List<ValidationResult>();
            Validator.TryValidateObject(channel, new ValidationContext(channel), results, validateAllProperties: true);
            foreach (var result in results)
            {
                yield return new($"Deliveries:Channels:{name}: {result.ErrorMessage}");
            }

            foreach (var problem in RouteProblems($"Deliveries:Channels:{name}", channel))
            {
                yield return new(problem);
            }

            foreach (var problem in PriceProblems($"Deliveries:Channels:{name}:Prices", channel.Prices))
            {
                yield return new(problem);
            }

            if (channel.Timeout >= Lease)
            {
                yield return new($"Deliveries:Channels:{name}:Timeout must be shorter than Deliveries:Lease ({Lease}).");
            }
        }

        foreach (var problem in Prices.SelectMany(p => PriceProblems($"Deliveries:Prices:{p.Key}", p.Value)))
        {
            yield return new(problem);
        }

        // The default time-out of a channel without an entry must be shorter than the lease too.
        var silent = Recipients.Channels.All.Select(c => c.Text()).Where(c => !Channels.ContainsKey(c)).ToList();
        if (silent.Count > 0 && ChannelOptions.Default.Timeout >= Lease)
        {
            yield return new(
                $"Deliveries:Lease must be longer than {ChannelOptions.Default.Timeout}, the Timeout of {string.Join(", ", silent)}; " +
                $"or set Deliveries:Channels:<channel>:Timeout of each.");
        }
    }

    private static IEnumerable<string> PriceProblems(string key, IDictionary<string, decimal> prices) =>
        prices.Keys.Where(c => c is not "*" && !PhoneNumber.IsKnownCountry(c))
            .Select(c => $"{key} names \"{c}\", which is no country (two letters, such as FR, or * for all others).")
            .Concat(prices.Where(p => p.Value < 0).Select(p => $"{key}:{p.Key} is {p.Value}: it must be 0 or more."));

    private static IEnumerable<string> RouteProblems(string key, ChannelOptions channel)
    {
        if (channel is { Provider: not null, Routes.Count: > 0 })
        {
            yield return $"{key} has Provider and Routes: keep Provider for one provider, or Routes.";
        }

        for (var i = 0; i < channel.Routes.Count; i++)
        {
            var route = channel.Routes[i];
            foreach (var problem in route.Problems($"{key}:Routes:{i}"))
            {
                yield return problem;
            }

            if (channel.Routes.Take(i).Any(r => string.Equals(r.Name, route.Name, StringComparison.OrdinalIgnoreCase)))
            {
                yield return $"{key}:Routes:{i}:Name is \"{route.Name}\", as another route of this channel is called.";
            }
        }
    }
}
