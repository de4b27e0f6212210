using System.Text;
using OtpPipeline.Hosting.Bus.Messages;
using RabbitMQ.Client;

namespace OtpPipeline.Workers.Tests.Hosting.Bus.Messages;

public sealed class Why_the_broker_moved_a_message
{
    [Theory]
    [InlineData("delivery_limit", "delivery_limit")]
    [InlineData("expired", "expired")]
    [InlineData("PIN 123456 <b>", "of no known reason")]
    public void Is_one_of_the_brokers_own_words(string header, string reason)
    {
        var properties = With(
            new List<object> { new Dictionary<string, object?>(StringComparer.Ordinal) { ["reason"] = Encoding.UTF8.GetBytes(header) } });

        OriginalMessages.DeathOf(properties).ShouldBe(reason);
        OriginalMessages.SafeHeadersOf(properties)["x-death-reason"].ShouldBe(reason);
    }

    [Theory]
    [InlineData("a text")]
    [InlineData(7)]
    [InlineData(null)]
    public void Is_not_known_where_the_header_has_another_shape(object? header)
    {
        OriginalMessages.DeathOf(With(header)).ShouldBeNull();
        OriginalMessages.SafeHeadersOf(With(header)).ShouldBeEmpty();
    }

    private static BasicProperties With(object? header) =>
        new() { Headers = new Dictionary<string, object?>(StringComparer.Ordinal) { ["x-death"] = header } };
}
