using Microsoft.EntityFrameworkCore;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Applications.Limits;
using OtpPipeline.Core.Otps.Intake;
using OtpPipeline.Core.Otps.Requests;
using OtpPipeline.Core.Stores;

namespace OtpPipeline.Storage.Suite.Otps.Intake;

public sealed class A_PIN_that_must_be_unique(SuiteHost host) : StorageSpec(host)
{
    [Fact]
    public async Task Is_refused_as_a_duplicate_and_leaves_nothing_of_its_request()
    {
        var application = await ApplicationAsync();
        await Process.RequestAsync(Options(application, "482913"));

        var failure = await Should.ThrowAsync<Exception>(() => Process.RequestAsync(Options(application, "482913")));

        StoreFailures.IsDuplicate(failure).ShouldBeTrue(failure.ToString());
        (await Process.QueryAsync(db => db.Otps.CountAsync(o => o.ApplicationId == application.Id))).ShouldBe(1);
        (await Process.QueryAsync(db => db.Set<RecipientHistory>().CountAsync(h => h.ApplicationId == application.Id))).ShouldBe(1);
    }

    [Fact]
    public async Task Fails_its_own_request_of_a_batch_only()
    {
        var application = await ApplicationAsync();
        await Process.RequestAsync(Options(application, "482913"));

        var requests = new[] { "111111", "222222", "482913", "333333", "444444" }.Select(p => TryAsync(Options(application, p)));

        (await Task.WhenAll(requests)).ShouldBe([true, true, false, true, true]);
    }

    [Fact]
    public async Task Is_free_again_when_its_OTP_has_ended()
    {
        var application = await ApplicationAsync();
        var first = await Process.RequestAsync(Options(application, "482913"));
        await Process.CancelAsync(application, first.Value.Otp.Id);

        (await Process.RequestAsync(Options(application, "482913"))).Error.ShouldBeNull();
    }

    private static RequestOptions Options(Application application, string pin) =>
        new(application) { Pin = pin, FindPinIn = "suite", UniquePin = true };

    private async Task<bool> TryAsync(RequestOptions options)
    {
        try
        {
            return await Process.RequestAsync(options) is { Error: null };
        }
        catch (Exception failure) when (StoreFailures.IsDuplicate(failure))
        {
            return false;
        }
    }
}
