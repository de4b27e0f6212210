using Microsoft.Extensions.Options;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Sandbox;

namespace OtpPipeline.Workers.Providers.Sandbox;

/// <summary>Sends nothing on any channel, keeps what it would have sent, and plays the scripts of the magic recipients.</summary>
public sealed class SandboxProvider(SandboxMailbox mailbox, IOptions<SandboxOptions> options, TimeProvider time) : IOtpProvider
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

        switch (SandboxScripts.Of(delivery.Details.Recipient))
        {
            case SandboxScript.Refuse:
                return new SendOutcome.Refused("refused");
            case SandboxScript.Throttle when delivery.Delivery.Attempt <= 2:
                return new SendOutcome.Transient("throttled", ThrottledFor);
            case SandboxScript.Slow:
                await Task.Delay(Slowness, time, cancellationToken);
                break;
            case SandboxScript.Hang:
                await Task.Delay(Timeout.InfiniteTimeSpan, time, cancellationToken);
                break;
            case SandboxScript.LoseAnswer when delivery.Delivery.Attempt == 1:
                await mailbox.KeepAsync(delivery, cancellationToken);
                throw new IOException("The connection ended before the answer, as the script has it.");
        }

        var id = await mailbox.KeepAsync(delivery, cancellationToken);
        return new SendOutcome.Accepted(id.ToString());
    }
}
