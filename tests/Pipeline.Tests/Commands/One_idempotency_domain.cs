using OtpPipeline.Pipeline.Tests.Harness;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Commands;

[Collection(nameof(SharedPipeline))]
public sealed class One_idempotency_domain(SharedPipeline shared)
{
    [Fact]
    public async Task The_same_key_over_rest_and_bus_at_once_gives_one_otp()
    {
        var pipeline = await shared.GetAsync();
        await using var client = await AmqpClient.ConnectAsync(pipeline);
        var keys = Load.Scale(60, 1000);

        var pairs = await Load.RunAsync(keys, 32, async i =>
        {
            var (key, recipient) = ($"REST and bus {Guid.NewGuid()}", Recipients.Next());
            var rest = pipeline.Client.RequestAsync(new { phoneNumber = recipient }, key);
            var field = client.CallAsync("request-otp", client.Command(("phoneNumber", recipient), ("idempotencyKey", key)));
            var property = client.CallAsync("request-otp", client.Command(("phoneNumber", recipient)), messageId: key);
            return (Http: await rest, Field: await field, Property: await property);
        });

        pairs.ShouldAllBe(p => p.Http.Status == 201 && p.Field.Type == "OtpAccepted" && p.Property.Type == "OtpAccepted");
        pairs.ShouldAllBe(p => p.Http.OtpId == p.Field.OtpId && p.Field.OtpId == p.Property.OtpId);
        pairs.Select(p => p.Http.OtpId).Distinct().Count().ShouldBe(keys);
    }
}
