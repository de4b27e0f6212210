using System.Diagnostics;
using OtpPipeline.Hosting.Telemetry;

namespace OtpPipeline.Workers.Tests.Hosting.Telemetry;

public sealed class What_a_span_shows
{
    [Theory]
    [InlineData("messaging.message.id", "+33612246400", null)]
    [InlineData("messaging.message.id", "order 4711 of mary@example.com", null)]
    [InlineData("messaging.message.id", "01a21c9c-1623-7b57-8e0f-150245ec057e", "01a21c9c-1623-7b57-8e0f-150245ec057e")]
    [InlineData("messaging.rabbitmq.destination.routing_key", "otp-replies.01a21c9c-1623-7b57-8e0f-150245ec057e.+33612246400", null)]
    [InlineData(
        "messaging.rabbitmq.destination.routing_key", "01a21c9c-1623-7b57-8e0f-150245ec057e", "01a21c9c-1623-7b57-8e0f-150245ec057e")]
    [InlineData("messaging.rabbitmq.destination.routing_key", "sms", "sms")]
    [InlineData("url.query", "?pin=797751", null)]
    [InlineData("url.full", "https://gateway.example/send?token=x", "https://gateway.example")]
    public void Is_nothing_that_a_sender_or_a_caller_chose(string tag, string value, string? shown)
    {
        using var span = new Activity("test");
        using var redaction = new SpanRedaction();
        span.Start();
        span.SetTag(tag, value);

        redaction.OnEnd(span);

        span.GetTagItem(tag).ShouldBe(shown);
    }
}
