using System.Net;
using OtpPipeline.Api.Tests.Support;
using OtpPipeline.Core.Deliveries;

namespace OtpPipeline.Api.Tests.Receipts;

public sealed class Receipts_that_cannot_be_checked : IClassFixture<Gateway>
{
    private readonly Gateway _gateway;

    public Receipts_that_cannot_be_checked(Gateway gateway)
    {
        Servers.SkipWithout();
        _gateway = gateway;
    }

    [Fact]
    public async Task Get_503_so_that_they_come_again_and_change_nothing()
    {
        var otpId = await _gateway.WithDeliveryAsync(DeliveryStatus.Sent, "m-1");
        var before = _gateway.Counted("gateway", "unavailable");

        var answer = await _gateway.SendRawAsync(
            "/r/" + Gateway.TokenOf(otpId) + SignedReader.Unavailable, """[{"status":"delivered","id":"m-1"}]""");

        answer.Status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        answer["Retry-After"].ShouldBe("5");
        (await _gateway.DeliveryAsync(otpId)).Status.ShouldBe(DeliveryStatus.Sent);
        (_gateway.Counted("gateway", "unavailable") - before).ShouldBe(1);
    }
}
