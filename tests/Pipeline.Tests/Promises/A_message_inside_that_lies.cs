using System.Text.Json;
using OtpPipeline.Pipeline.Tests.Harness;
using RabbitMQ.Client;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Promises;

/// <summary>
/// Messages on the queues of work and of dead letters that nobody of the pipeline sent; those of callbacks have tests of their own.
/// </summary>
[Collection(nameof(SharedPipeline))]
public sealed class A_message_inside_that_lies(SharedPipeline shared) : IAsyncLifetime
{
    private RunningPipeline _pipeline = null!;
    private AmqpClient _bus = null!;

    public async ValueTask InitializeAsync()
    {
        _pipeline = await shared.GetAsync();
        _bus = await AmqpClient.ConnectAsync(_pipeline);
    }

    public ValueTask DisposeAsync() => _bus.DisposeAsync();

    [Theory]
    [InlineData("otp-sms", "sms", 2)]
    [InlineData("otp-sms", "EVIL <b>", 1)]
    [InlineData("otp-email", "email", 1)]
    [InlineData("otp-call", "sms", int.MaxValue)]
    public async Task About_work_sends_nothing_else_nowhere_else_and_not_twice(string queue, string channel, int step)
    {
        var (otpId, recipient) = await _pipeline.WithRequestedOtpAsync();
        var stranger = Recipients.Next();
        var lie = JsonSerializer.Serialize(
            new { otpId, channel, step, recipient = stranger, phoneNumber = stranger, applicationId = Guid.NewGuid(), attempt = 7, text = "EVIL" });
        for (var i = 0; i < 5; i++)
        {
            await _bus.SendAsync(queue, lie, Plain());
        }

        await _pipeline.UntilDeliveryAsync(otpId, "SENT");
        await _bus.SendAsync(queue, lie, Plain());
        await _bus.SendAsync(queue, JsonSerializer.Serialize(new { otpId = Guid.NewGuid(), channel, step }), Plain());
        await ReadAsync(queue);

        (await _pipeline.Database.DeliveriesAsync(otpId)).ShouldHaveSingleItem()
            .ShouldSatisfyAllConditions(d => d.Channel.ShouldBe("sms"), d => d.Attempt.ShouldBe(1));
        (await _pipeline.Sandbox.MessagesAsync(recipient)).ShouldHaveSingleItem().Text.ShouldNotContain("EVIL");
        (await _pipeline.Sandbox.MessagesAsync(stranger)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Among_the_dead_letters_leaves_none_of_its_headers_in_clear()
    {
        var secret = $"PIN-{Guid.NewGuid():N}";
        var messageId = Guid.NewGuid().ToString();
        var death = new Dictionary<string, object?>(
            StringComparer.Ordinal) { ["reason"] = secret, ["queue"] = "verify-otp", ["count"] = 21L };
        var properties = new BasicProperties
        {
            MessageId = messageId,
            Headers = new Dictionary<string, object?>(StringComparer.Ordinal)
            {
                ["x-death"] = new List<object?> { death },
                ["x-first-death-reason"] = secret,
                ["otp-sender"] = secret,
                ["MT-Fault-Message"] = secret,
            },
        };

        await _bus.SendAsync("otp-ussd-dead", "{}", properties);

        var row = (await Eventually.Get(
            async () => await _pipeline.Database.ReadAsync(
                r => r.GetString(0) + " " + r.GetString(1) + " " + r
                    .GetString(2),
                    "SELECT queue, reason, headers FROM dead_letters WHERE queue = 'otp-ussd'") is { Count: > 0 } rows ? rows : null,
            "the dead letter is in the table")).ShouldHaveSingleItem();
        row.ShouldStartWith("otp-ussd ");
        row.ShouldNotContain(secret);
        (await _pipeline.Database.ScalarAsync<string>("SELECT string_agg(d::text, ' ') FROM dead_letters d WHERE queue = 'otp-ussd'"))
            .ShouldNotContain(secret);
        (await File.ReadAllTextAsync(_pipeline.Workers[0].LogFile)).ShouldNotContain(secret);
        await _pipeline.Database.ExecuteAsync("DELETE FROM dead_letters WHERE queue = 'otp-ussd'");
    }

    private static BasicProperties Plain() => new() { MessageId = Guid.NewGuid().ToString(), ContentType = "application/json" };

    /// <summary>A message that cannot be read is put aside, and those before it in the queue were handed out before.</summary>
    private async Task ReadAsync(string queue)
    {
        var last = new BasicProperties { MessageId = Guid.NewGuid().ToString() };
        await _bus.SendAsync(queue, "[]", last);
        await Eventually.Until(
            async () => await _pipeline.Database.CountAsync("dead_letters WHERE queue = $1", queue) > 0, "the queue was read to its end");
        await _pipeline.Database.ExecuteAsync("DELETE FROM dead_letters WHERE queue = $1", queue);
        await Eventually.Until(async () => await _bus.TakeAsync($"{queue}_error") is not null, "the copy without secrets is taken away");
    }
}
