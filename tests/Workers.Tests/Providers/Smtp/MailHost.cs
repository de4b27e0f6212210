using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Deliveries.Sending;
using OtpPipeline.Workers.Tests.Providers.Support;

namespace OtpPipeline.Workers.Tests.Providers.Smtp;

/// <summary>A provider that hands mail to a server of the test.</summary>
internal static class MailHost
{
    public static ProviderHost Create(int port, params (string Key, string? Value)[] more) => Create(port, TimeSpan.FromSeconds(20), more);

    public static ProviderHost Create(int port, TimeSpan timeout, params (string Key, string? Value)[] more)
    {
        var keys = new Dictionary<string, string?>
        {
            ["Type"] = "smtp", ["Host"] = "localhost", ["Port"] = $"{port}", ["Security"] = "None", ["From"] = "codes@otp.example",
        };
        return new(keys.With(more).Where(k => k.Value is not null).ToDictionary(), timeout);
    }

    /// <summary>Hands over one message, and returns it as the server took it.</summary>
    public static async Task<TakenMail> SendAsync(OutgoingDelivery delivery, params (string Key, string? Value)[] more)
    {
        await using var server = await MailServer.StartAsync();
        await using var host = Create(server.Port, more);
        (await host.SendAsync(delivery)).ShouldBeOfType<SendOutcome.Accepted>();
        return await server.SingleAsync();
    }
}
