using Microsoft.Extensions.Options;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Core.Sandbox;

namespace OtpPipeline.Core.Deliveries;

/// <summary>Chooses the provider of a channel.</summary>
public sealed class ProviderChoice(IOptions<DeliveryOptions> deliveries, IOptions<SandboxOptions> sandbox)
{
    public const string Sandbox = "sandbox";

    /// <summary>The configured provider; without one, the sandbox if enabled, else null.</summary>
    public string? For(Channel channel) =>
        deliveries.Value.From(channel).Provider ?? (sandbox.Value.Enabled ? Sandbox : null);
}
