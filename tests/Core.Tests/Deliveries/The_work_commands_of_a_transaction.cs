using System.Text;
using System.Text.Json;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Core.Tests.Support;
using OtpPipeline.Outbox;
using Shouldly;
using Xunit;

namespace OtpPipeline.Core.Tests.Deliveries;

public class The_work_commands_of_a_transaction
{
    private const int OwnQueuesTake = 64 * 1024;
    private readonly DeliveryOptions _options = new();

    [Fact]
    public void Are_one_message_for_one_OTP_in_the_form_that_earlier_versions_know()
    {
        var otp = Guid.CreateVersion7();

        var message = Published(new Named(otp)).ShouldHaveSingleItem();

        message.Body.ShouldBe($$"""{"otpId":"{{otp}}","channel":"sms","step":1}""");
        (message.RoutingKey, message.CorrelationId, message.TraceParent).ShouldBe(("sms", (Guid?)otp, "00-trace-1"));
    }

    [Fact]
    public void Are_one_message_for_all_OTPs_of_a_channel_in_their_order_each_with_what_differs()
    {
        var otps = Enumerable.Range(0, 4).Select(_ => Guid.CreateVersion7()).ToArray();

        var message = Published(
            new(otps[0], Route: "fr", Tried: "a"), new(otps[1], Step: 2), new(otps[2], Tried: "a,b"), new(otps[3], Trace: null)).ShouldHaveSingleItem();

        message.Body.ShouldBe(
            $$"""
            {"otpId":"{{otps[0]}}","channel":"sms","step":1,"route":"fr","tried":"a","further":[
            {"otpId":"{{otps[1]}}","step":2,"traceParent":"00-trace-1"},
            {"otpId":"{{otps[2]}}","step":1,"tried":"a,b","traceParent":"00-trace-1"},
            {"otpId":"{{otps[3]}}","step":1}]}
            """.ReplaceLineEndings(""));
        (message.CorrelationId, message.TraceParent).ShouldBe(((Guid?)otps[0], "00-trace-1"));
    }

    [Fact]
    public void Never_mix_channels()
    {
        var messages = Published(
            [.. Enumerable.Range(0, 9).Select(i => new Named(Guid.CreateVersion7(), i % 3 == 0 ? Channel.Email : Channel.Sms))]);

        messages.Select(m => (m.RoutingKey, Otps(m).Count)).ShouldBe([("email", 3), ("sms", 6)]);
        messages.Select(m => Some.Json(m).GetProperty("channel").GetString()).ShouldBe(["email", "sms"]);
    }

    [Theory]
    [InlineData(1, 3, new[] { 1, 1, 1 })]
    [InlineData(2, 3, new[] { 1, 1, 1 })]
    [InlineData(8, 9, new[] { 3, 3, 3 })]
    [InlineData(64, 40, new[] { 20, 20 })]
    [InlineData(64, 32, new[] { 32 })]
    [InlineData(1000, 130, new[] { 44, 44, 42 })]
    public void Name_at_most_half_as_many_as_a_worker_has_places_and_64_in_even_parts(int concurrency, int count, int[] sizes)
    {
        _options.Channels["sms"] = new() { Concurrency = concurrency };
        var otps = Enumerable.Range(0, count).Select(_ => new Named(Guid.CreateVersion7())).ToArray();

        var messages = Published(otps);

        messages.Select(m => Otps(m).Count).ShouldBe(sizes);
        messages.SelectMany(Otps).ShouldBe(otps.Select(o => o.OtpId));
    }

    [Fact]
    public void Name_one_each_where_the_hosts_are_told_so()
    {
        _options.MaxOtpsPerMessage = 1;

        Published([.. Enumerable.Range(0, 5).Select(_ => new Named(Guid.CreateVersion7()))]).Select(m => Otps(m).Count)
            .ShouldBe([1, 1, 1, 1, 1]);
    }

    [Fact]
    public void Fit_into_our_own_queues_however_long_their_names_are()
    {
        _options.Channels["sms"] = new() { Concurrency = 1000 };
        var tried = string.Join(',', Enumerable.Repeat(new string('é', 64), 10));
        var otps = Enumerable.Range(0, 64).Select(_ => new Named(Guid.CreateVersion7(), Route: new string('r', 64), Tried: tried)).ToArray();

        var messages = Published(otps);

        messages.SelectMany(Otps).ShouldBe(otps.Select(o => o.OtpId));
        messages.ShouldAllBe(m => Encoding.UTF8.GetByteCount(m.Body) < OwnQueuesTake / 2);
    }

    private IReadOnlyList<OutboxMessage> Published(params Named[] otps)
    {
        var commands = new WorkCommands(_options);
        foreach (var otp in otps)
        {
            commands.Add(otp.OtpId, otp.Channel, otp.Step, otp.Route, otp.Tried, otp.Trace);
        }

        var batch = Some.Batch();
        commands.PublishTo(batch);
        return batch.Messages;
    }

    private static List<Guid> Otps(OutboxMessage message)
    {
        var body = Some.Json(message);
        return
        [
            body.GetProperty("otpId").GetGuid(),
            .. body.TryGetProperty("further", out JsonElement further)
                ? further.EnumerateArray().Select(f => f.GetProperty("otpId").GetGuid())
                : [],
        ];
    }

    private sealed record Named(
        Guid OtpId, Channel Channel = Channel.Sms, int Step = 1, string Route = DeliveryRoute.Default, string Tried = "",
        string? Trace = "00-trace-1");
}
