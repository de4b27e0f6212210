using Microsoft.Extensions.DependencyInjection;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Deliveries.Sending;
using OtpPipeline.Core.Otps.Intake;
using OtpPipeline.Core.Otps.Requests;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Workers.Tests.Support;

namespace OtpPipeline.Workers.Tests.Deliveries;

/// <summary>On the real database, whose clock decides.</summary>
public sealed class An_OTP_that_is_about_to_end
{
    [Fact]
    public async Task Is_claimed_only_while_more_than_the_margin_is_left_of_its_life()
    {
        await using var database = await MigratedDatabase.CreateAsync();
        await using var host = await BusHost.StartAsync(database);
        var id = await RequestAsync(host.Services);
        var store = host.Services.GetRequiredService<IDeliveryStore>();

        // It lives three minutes: neither margin depends on how fast the test is.
        (await ClaimAsync(store, id, TimeSpan.FromMinutes(4))).ShouldBe(0);
        (await ClaimAsync(store, id, TimeSpan.FromSeconds(1))).ShouldBe(1);
    }

    private static async Task<int> ClaimAsync(IDeliveryStore store, Guid otpId, TimeSpan margin) => (await store.ClaimAsync(
        [new(new(otpId, Channel.Sms, 1, "default", ""), "sandbox", Guid.CreateVersion7())], TimeSpan.FromSeconds(30), margin,
        CancellationToken.None)).Count;

    private static async Task<Guid> RequestAsync(IServiceProvider services)
    {
        var request = new OtpRequest { PhoneNumber = new("+33612246400"), From = new("Tests"), Template = new("Your PIN is {{pin}}"), Ttl = new("180") };
        var owner = new Application { Id = Guid.CreateVersion7(), Name = "tenant", Settings = new() };
        var answer = await services.GetRequiredService<OtpIntake>().RequestAsync(request, new(owner), CancellationToken.None);
        answer.Error.ShouldBeNull();
        return answer.Value.Otp.Id;
    }
}
