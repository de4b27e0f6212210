using Microsoft.Extensions.Options;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Deliveries.Sending;
using OtpPipeline.Core.Sandbox;

namespace OtpPipeline.Workers.Providers.Sandbox;

/// <summary>Sends nothing, stores what it would have sent, and plays the scripts of the magic recipients.</summary>
public sealed class SandboxProvider(SandboxMailbox mailbox, SandboxReceipts receipts, IOptions<SandboxOptions> options, TimeProvider time)
    : IOtpProvider
{
    private static readonly TimeSpan ThrottledFor = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Slowness = TimeSpan.FromSeconds(3);

    public string Name => ProviderChoice.Sandbox;

    public async Task<SendOutcome> SendAsync(OutgoingDelivery delivery, CancellationToken cancellationToken)
    {
        if (options.Value.Latency > TimeSpan.Zero)
        {
            await Task.Delay(options.Value.Latency, time, cancellationToken);
        }

        var recipient = delivery.Details.Recipient;
        var script = SandboxScripts.From(recipient);
        switch (script)
        {
            case SandboxScript.Refuse:
                return new SendOutcome.Refused("refused");
            case SandboxScript.Throttle when delivery.Delivery.Attempt <= 2:
                return new SendOutcome.Throttled("throttled", ThrottledFor);
            case SandboxScript.ThrottleFor when delivery.Delivery.Attempt == 1:
                return new SendOutcome.Throttled("throttled", SandboxScripts.TimeOf(recipient));
            case SandboxScript.Fail:
                return new SendOutcome.ProviderFailed("unavailable");
            case SandboxScript.Slow:
                await Task.Delay(Slowness, time, cancellationToken);
                break;
            case SandboxScript.Hang:
                await Task.Delay(Timeout.InfiniteTimeSpan, time, cancellationToken);
                break;
        }

        if (delivery.Lease is { IsOver: true })
        {
            return new SendOutcome.NotSent(ProviderCalls.ClaimOver);
        }

        var id = await mailbox.KeepAsync(delivery, cancellationToken);
        await receipts.PlayAsync(recipient, delivery.Delivery, id.ToString(), cancellationToken);
        return script == SandboxScript.LoseAnswer && delivery.Delivery.Attempt == 1
            ? throw new IOException("The connection ended before the answer, as the script has it.")
            : new SendOutcome.Accepted(id.ToString());
    }
}
