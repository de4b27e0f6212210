using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OtpPipeline.Outbox.Sending;
using OtpPipeline.Outbox.Tests.Support;

namespace OtpPipeline.Outbox.Tests;

public sealed class Outbox_options
{
    [Fact]
    public void Defaults_are_valid() => Bind([]).Lease.ShouldBe(TimeSpan.FromSeconds(30));

    [Theory]
    [InlineData("Lease", "00:00:15", "Outbox:Lease (00:00:15) must be more than three times Outbox:PublishTimeout (00:00:05).")]
    [InlineData(
        "RetryMaxDelay", "00:00:00.5",
        "Outbox:RetryMaxDelay (00:00:00.5000000) must not be shorter than Outbox:RetryBaseDelay (00:00:01).")]
    [InlineData("QueueCapacity", "0", "QueueCapacity must be between 1 and 1000000")]
    [InlineData("PollInterval", "00:00:00", "PollInterval must be between 00:00:00.0100000 and 00:01:00")]
    public void A_wrong_one_is_named(string key, string value, string sentence) =>
        Should.Throw<OptionsValidationException>(() => Bind(new(StringComparer.Ordinal) { ["Outbox:" + key] = value })).Message
            .ShouldContain(sentence);

    [Fact]
    public void A_wire_name_is_given_once()
    {
        var setup = new OutboxSetup().Map<Ping>("ping");

        Should.Throw<ArgumentException>(() => setup.Map<Pong>("ping"));
        Should.Throw<ArgumentException>(() => setup.Map<Ping>("ping-2"));
    }

    private static OutboxOptions Bind(Dictionary<string, string?> values)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(values).Build());
        services.AddOutbox(outbox => outbox.Map<Ping>("ping"));
        using var provider = services.BuildServiceProvider();
        return provider.GetRequiredService<IOptions<OutboxOptions>>().Value;
    }
}
