using System.Text.Json;
using OtpPipeline.Pipeline.Tests.Harness;
using RabbitMQ.Client;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Callbacks;

/// <summary>Messages on the queue of callbacks that nobody of the pipeline sent.</summary>
[Collection(nameof(CallbackPipeline))]
public sealed class A_message_that_lies(CallbackPipeline shared) : IAsyncLifetime
{
    private RunningPipeline _pipeline = null!;
    private Subscriber _subscriber = null!;
    private AmqpClient _bus = null!;

    public async ValueTask InitializeAsync()
    {
        _pipeline = await shared.GetAsync();
        _subscriber = await Subscriber.StartAsync();
        _bus = await AmqpClient.ConnectAsync(_pipeline);
    }

    public async ValueTask DisposeAsync()
    {
        await _bus.DisposeAsync();
        await _subscriber.DisposeAsync();
    }

    [Theory]
    [InlineData("verified", "VERIFIED", 2)]
    [InlineData("strange", "EVIL <b>", 2)]
    [InlineData("later", "CANCELLED", 4711)]
    public async Task About_a_pending_OTP_makes_no_callback_and_takes_the_place_of_none(string path, string status, long sequence)
    {
        var otpId = await _pipeline.RequestAsync(new { phoneNumber = Recipients.Next(), otpCallbackUrl = _subscriber.Url("/" + path) });
        await _pipeline.UntilDeliveryAsync(otpId, "SENT");
        foreach (var application in new[] { _pipeline.ApplicationId, CallbackPipeline.Other, Guid.NewGuid() })
        {
            await ForgeAsync(otpId, application, status, sequence);
        }

        (await _pipeline.Database.CountAsync("callbacks WHERE otp_id = $1", otpId)).ShouldBe(0);
        (await _pipeline.Client.CancelAsync(otpId)).Status.ShouldBe(200);

        var callback = (await _subscriber.UntilAsync("/" + path, 1)).ShouldHaveSingleItem();
        (callback.OtpId, callback.Status, callback.Sequence, callback.Previous).ShouldBe((otpId, "CANCELLED", 3, 0));
        callback.Body.ShouldNotContain("EVIL");
        (await _pipeline.Database.ReadAsync(r => (r.GetInt64(0), r.GetGuid(1)), "SELECT sequence, application_id FROM callbacks WHERE " +
            "otp_id = $1", otpId))
            .ShouldBe([(3, _pipeline.ApplicationId)]);
    }

    [Fact]
    public async Task Is_no_reason_to_call_back_for_a_delivery_that_nobody_wants_to_hear_of()
    {
        var otpId = await _pipeline.RequestAsync(new { phoneNumber = Recipients.Next(), otpCallbackUrl = _subscriber.Url("/delivery") });
        await _pipeline.UntilDeliveryAsync(otpId, "SENT");

        await ForgeAsync(
            otpId, _pipeline.ApplicationId, "SENT", 2,
            new { deliveryId = Guid.NewGuid(), channel = "sms", provider = "x", step = 1, attempt = 1 });
        await ForgeAsync(Guid.NewGuid(), _pipeline.ApplicationId, "VERIFIED", 2);
        await ForgeAsync(Guid.Empty, _pipeline.ApplicationId, "VERIFIED", 2);
        (await _pipeline.Client.CancelAsync(otpId)).Status.ShouldBe(200);

        (await _subscriber.UntilAsync("/delivery", 1)).Select(c => c.Status).ShouldBe(["CANCELLED"]);
        (await _pipeline.Database.CountAsync("callbacks WHERE otp_id = $1", otpId)).ShouldBe(1);
    }

    [Fact]
    public async Task Is_not_needed_where_the_true_one_was_purged()
    {
        await using var connection = await new ConnectionFactory { Uri = _pipeline.Broker }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        var worker = _pipeline.Workers[0];
        await worker.StopAsync();
        var otpId = await _pipeline.RequestAsync(new { phoneNumber = Recipients.Next(), otpCallbackUrl = _subscriber.Url("/purged") });
        (await _pipeline.Client.CancelAsync(otpId)).Status.ShouldBe(200);
        await Eventually.Until(async () => await channel.MessageCountAsync("otp-callbacks") > 0, "the message of the change waits");
        await channel.QueuePurgeAsync("otp-callbacks");
        await worker.StartAsync();

        (await _subscriber.UntilAsync("/purged", 1)).ShouldHaveSingleItem().Status.ShouldBe("CANCELLED");
    }

    private async Task ForgeAsync(Guid otpId, Guid applicationId, string status, long sequence, object? delivery = null)
    {
        var fields = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["otpId"] = otpId,
            ["applicationId"] = applicationId,
            ["status"] = status,
            ["sequence"] = sequence,
            ["occurredAt"] = "2026-11-20T10:00:00Z",
        };
        foreach (var property in delivery?.GetType().GetProperties() ?? [])
        {
            fields[property.Name] = property.GetValue(delivery);
        }

        await _bus.SendAsync(
            "otp-callbacks", JsonSerializer.Serialize(fields),
            new BasicProperties { MessageId = Guid.NewGuid().ToString(), ContentType = "application/json" });
    }
}
