using Microsoft.Extensions.Options;
using OtpPipeline.Core.Batching;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Deliveries.Sending;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Pins;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Core.Sandbox;
using OtpPipeline.Core.Secrets;
using OtpPipeline.Workers.Providers.Sandbox;

namespace OtpPipeline.Workers.Tests.Providers.Sandbox;

public sealed class The_mailbox_of_the_sandbox
{
    [Theory]
    [InlineData(ProviderChoice.Sandbox, true)]
    [InlineData(DeliveryRoute.Default, false)]
    public async Task Marks_the_messages_of_test_keys(string route, bool isTest)
    {
        var secrets = new OtpSecrets(
            new KeyRing(Options.Create(new OtpOptions { PinKeys = [new() { Id = "k", Key = Convert.ToBase64String(new byte[32]) }] })));
        var store = new KeptMessages();
        await using var mailbox = new SandboxMailbox(store, secrets, Options.Create(new BatchingOptions()));

        await mailbox.KeepAsync(Sent(route), CancellationToken.None);

        store.Messages.ShouldHaveSingleItem().IsTest.ShouldBe(isTest);
    }

    private static OutgoingDelivery Sent(string route)
    {
        var id = Guid.CreateVersion7();
        var delivery = new Delivery { Id = id, OtpId = id, Channel = Channel.Sms, Route = route, Step = 1, Attempt = 1 };
        return new(
            delivery, id, [], "FR", new OtpDetails("+33612246499", "Tests", "{{pin}}", null, null, null), new Pin("4711"), "4711",
            DateTime.MaxValue);
    }

    private sealed class KeptMessages : ISandboxStore
    {
        public List<SandboxMessage> Messages { get; } = [];

        public Task InsertAsync(IReadOnlyCollection<SandboxMessage> messages, CancellationToken cancellationToken)
        {
            Messages.AddRange(messages);
            return Task.CompletedTask;
        }

        public Task InsertCallbackAsync(Guid id, Guid otpId, byte[] content, CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }
}
