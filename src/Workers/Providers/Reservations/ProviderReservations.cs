using System.Collections.Frozen;
using System.Security.Cryptography;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.RateLimits;

namespace OtpPipeline.Workers.Providers.Reservations;

/// <summary>Reserves a place at a provider of a route before a delivery is claimed.</summary>
public sealed class ProviderReservations
{
    private readonly FrozenDictionary<string, ProviderState> _states;

    public ProviderReservations(
        IEnumerable<ProviderLimits> limits, IMessageSlotStore slots, TimeProvider time, ILogger<ProviderReservations> logger) =>
        _states = limits.ToFrozenDictionary(l => l.Provider, l => new ProviderState(
            l, l.MessagesPerSecond is { } rate ? new(l.Provider, rate, slots, time) : null, time, logger), StringComparer.Ordinal);

    internal IReadOnlyDictionary<string, ProviderState> States => _states;

    /// <summary>Reserves a place at a provider that was not tried in this round.</summary>
    /// <remarks>
    /// Where none of those works, one that was tried gets the delivery; where one works and is only full, the delivery waits for it. While
    /// another provider works, one that does not answer gets at most half of the channel's places, so that it never holds them all.
    /// </remarks>
    /// <param name="route">The delivery's route.</param>
    /// <param name="tried">Providers tried in this round, with commas between.</param>
    /// <param name="places">Concurrent deliveries of the channel in this process.</param>
    public async ValueTask<Reservation> ReserveAsync(DeliveryRoute route, string tried, int places)
    {
        var done = Delivery.ReadTried(tried);
        var half = Math.Max(1, places / 2);
        var (wait, isFull, isKnown) = (TimeSpan.MaxValue, false, false);
        for (var again = 0; again < (done.Count == 0 ? 1 : 2) && !isFull; again++)
        {
            foreach (var state in Order(route))
            {
                if (done.Contains(state.Name, StringComparer.Ordinal) != again > 0)
                {
                    continue;
                }

                isKnown = true;
                var entry = await state.EnterAsync(HasOther(route, state, done) ? half : int.MaxValue);
                if (entry.Place is not null)
                {
                    return new(entry.Place, TimeSpan.Zero);
                }

                isFull |= entry.IsFull;
                wait = entry.Wait < wait ? entry.Wait : wait;
            }
        }

        return isKnown ? new(null, wait) : new(new ProviderPlace(route.Providers[0]), TimeSpan.Zero);
    }

    /// <summary>Providers of the route that are paused or do not work.</summary>
    public IReadOnlySet<string>? Unusable(DeliveryRoute route) =>
        route.Providers.Count == 1 ? null
            : route.Providers.Where(p => _states.TryGetValue(p, out var state) && !state.IsUsable).ToHashSet(StringComparer.Ordinal);

    private bool HasOther(DeliveryRoute route, ProviderState one, IReadOnlyList<string> tried) => route.Providers.Count > 1
        && route.Providers.Any(p => !tried.Contains(p, StringComparer.Ordinal)
            && _states.TryGetValue(p, out var state) && state != one && state.IsUsable);

    private IEnumerable<ProviderState> Order(DeliveryRoute route)
    {
        var states = route.Providers.Where(_states.ContainsKey).Select(p => _states[p]);
        if (route.Weights is not { } weights)
        {
            return states;
        }

        // Each provider comes first as often as its share says; the others follow by their weight.
        var weighed = states.Select(s => (State: s, Weight: s.Weight ?? weights[s.Name])).OrderByDescending(s => s.Weight).ToList();
        var sum = weighed.Sum(s => s.Weight);
        var drawn = sum == 0 ? 0 : RandomNumberGenerator.GetInt32(sum);
        var first = weighed.FindIndex(s => (drawn -= s.Weight) < 0);
        return first <= 0 ? weighed.Select(s => s.State)
            : weighed.Where((_, i) => i != first).Select(s => s.State).Prepend(weighed[first].State);
    }
}

/// <summary>A place, or the time after which to ask again.</summary>
/// <param name="Place">The place; null without one.</param>
/// <param name="Wait">When to ask again.</param>
public readonly record struct Reservation(ProviderPlace? Place, TimeSpan Wait);
