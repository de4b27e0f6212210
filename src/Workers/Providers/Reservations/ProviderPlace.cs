using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Stores;

namespace OtpPipeline.Workers.Providers.Reservations;

/// <summary>A place at a provider for one message. Dispose it after the outcome, or when nothing is sent.</summary>
public sealed class ProviderPlace : IDisposable
{
    private readonly ProviderState? _state;
    private readonly bool _isProbe;
    private readonly TimeSpan? _slot;
    private TimeSpan _began;
    private bool _hasVerdict;
    private bool _left;

    internal ProviderPlace(ProviderState state, bool isProbe, TimeSpan? slot)
    {
        (_state, _isProbe, _slot) = (state, isProbe, slot);
        Provider = state.Name;
    }

    /// <summary>For a provider that this host does not have.</summary>
    internal ProviderPlace(string provider) => Provider = provider;

    public string Provider { get; }

    /// <summary>Waits until the provider's limit per second allows the message, or the claim is over.</summary>
    public async ValueTask WaitAsync(LeaseClock? lease)
    {
        if (_slot is { } slot)
        {
            await _state!.ReachAsync(slot, () => lease?.IsOver == true);
        }

        _began = _state?.Began() ?? default;
    }

    /// <summary>Tells how the provider took the message.</summary>
    public void Report(SendOutcome outcome)
    {
        _hasVerdict = outcome is not SendOutcome.NotSent;
        _state?.Report(outcome, _isProbe);
    }

    public void Dispose()
    {
        if (!_left)
        {
            _left = true;
            _state?.Leave(_isProbe, _hasVerdict, _state.Since(_began));
        }
    }
}
