using OtpPipeline.Pipeline.Tests.Harness;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Promises;

[Collection(nameof(ImpatientPipeline))]
public sealed class A_provider_that_is_slow(ImpatientPipeline impatient)
{
    [Fact]
    public async Task Costs_intake_and_other_channels_nothing()
    {
        var pipeline = await impatient.GetAsync();
        await pipeline.WithOneWorkerAsync();

        // More than ussd can hold at once, each for the whole of its time-out.
        var hanging = await Load.RunAsync(80, 20, _ => pipeline.RequestAsync(new { channel = "ussd", phoneNumber = Recipients.Hanging }));
        await Eventually.Until(
            async () => (await pipeline.Database.DeliveriesAsync(hanging)).Count(d => d.Status == "SENDING") == 4, "ussd is full");
        await Load.RunAsync(50, 10, async _ =>
        {
            var email = Recipients.NextEmail();
            await pipeline.RequestAsync(new { channel = "email", email });
            return await pipeline.Sandbox.PinAsync(email);
        });

        // All were taken in and all e-mails arrived while most of them still waited for a place.
        (await pipeline.Database.DeliveriesAsync(hanging)).Count(d => d.Status == "QUEUED").ShouldBeGreaterThan(40);
        await Load.RunAsync(hanging.Length, 20, i => pipeline.Client.CancelAsync(hanging[i]));
    }
}
