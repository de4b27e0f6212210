using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Stores;

namespace OtpPipeline.Workers.Providers.Reservations;

/// <summary>A place at a provider for one message. Dispose it after the outcome, or when nothing is sent.</summary>
public sealed class ProviderPlace : IDisposable
{
    private readonly ProviderState? _state;
    private readonly LinkedListNode<TimeSpan>? _message;
    private readonly bool _isProbe;
    private TimeSpan? _slot;
    private TimeSpan _began;
    private bool _hasVerdict;
    private bool _left;

    internal ProviderPlace(ProviderState state, LinkedListNode<TimeSpan> message, bool isProbe, TimeSpan? slot)
    {
        (_state, _message, _isProbe, _slot) = (state, message, isProbe, slot);
        Provider = state.Name;
    }

    /// <summary>For a provider that this host does not have.</summary>
    internal ProviderPlace(string provider) => Provider = provider;

    public string Provider { get; }

    /// <summary>The provider has a limit per second.</summary>
    public bool HasMoment => _slot is not null;

    /// <summary>Waits until the provider's limit per second allows the message, or the claim is over.</summary>
    /// <remarks>Call it again right before the message goes out: where that took too long, it waits for another moment.</remarks>
    public async ValueTask WaitAsync(LeaseClock? lease, CancellationToken cancellationToken)
    {
        if (_slot is { } slot)
        {
            _slot = await _state!.ReachAsync(slot, () => lease?.IsOver == true, cancellationToken);
        }

        _began = _state?.Began() ?? default;
    }

    /// <summary>Tells how the provider took the message.</summary>
    public void Report(SendOutcome outcome)
    {
        _hasVerdict = outcome is not SendOutcome.NotSent;
        _state?.Report(outcome, _isProbe, _message!.Value);
    }

    public void Dispose()
    {
        if (!_left)
        {
            _left = true;
            _state?.Leave(_message!, _isProbe, _hasVerdict, _state.Since(_began));
        }
    }
}
