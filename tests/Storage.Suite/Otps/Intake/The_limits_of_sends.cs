using Microsoft.EntityFrameworkCore;
using OtpPipeline.Core.Applications.Limits;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Otps.Intake;
using OtpPipeline.Core.Otps.Requests;
using OtpPipeline.Core.Recipients;

namespace OtpPipeline.Storage.Suite.Otps.Intake;

/// <summary>Requests that come at once in several processes; the limit holds to the number.</summary>
public sealed class The_limits_of_sends(SuiteHost host) : StorageSpec(host)
{
    [Fact]
    public async Task To_a_recipient_hold_over_all_processes()
    {
        var application = await LimitedAsync(l => l with { SendsPerHour = 3 });
        var fields = new { phoneNumber = Recipients.Next() };

        var answers = await RaceAsync(4, p => p.RequestAsync(new(application), fields), each: 3);

        Accepted(answers).ShouldBe(3);
        Errors(answers).ShouldBe([ErrorKind.HourlyLimit]);
        var history = await Process.QueryAsync(db => db.Set<RecipientHistory>().SingleAsync(h => h.ApplicationId == application.Id));
        history.Sends.Length.ShouldBe(3);
        history.Sends.ShouldBeInOrder();
    }

    [Fact]
    public async Task By_price_hold_over_all_processes()
    {
        var application = await LimitedAsync(l => l with { SpendingPerDay = 0.5m });

        var answers = await RaceAsync(
            4, p => p.RequestAsync(new(application), new { channel = "call", phoneNumber = Recipients.Next() }), each: 3);

        Accepted(answers).ShouldBe(5);
        Errors(answers).ShouldBe([ErrorKind.SpendingLimit]);
        (await Process.QueryAsync(db => db.Set<ApplicationSpending>().SingleAsync(s => s.ApplicationId == application.Id))).Spent
            .ShouldBe(0.5m);
    }

    [Fact]
    public async Task That_are_counted_together_hold_over_all_processes()
    {
        var application = await ApplicationAsync();
        var counted = new CountedSends("from one address", [new(60, 2)], OtpErrors.AddressWindowFull);

        var answers = await RaceAsync(4, p => p.RequestAsync(new(application) { Counted = [counted] }), each: 2);

        Accepted(answers).ShouldBe(2);
        Errors(answers).ShouldBe([OtpErrors.AddressWindowFull.Kind]);
    }

    [Fact]
    public async Task Of_one_live_OTP_hold_until_it_ends()
    {
        var application = await ApplicationAsync();
        var phone = Recipients.Next();
        var options = new RequestOptions(application)
        {
            Lookup = new OtpLookup("suite", Recipient.FromStored(RecipientKind.Phone, phone, "FR")), OneLive = true,
        };

        var answers = await RaceAsync(4, p => p.RequestAsync(options, new { phoneNumber = phone }), each: 2);

        Accepted(answers).ShouldBe(1);
        Errors(answers).ShouldBe([ErrorKind.StillLive]);
        await Process.CancelAsync(application, answers.Single(a => a.Error is null).Value.Otp.Id);
        (await Process.RequestAsync(options, new { phoneNumber = phone })).Error.ShouldBeNull();
    }

    private static int Accepted(IEnumerable<RequestAnswer> answers) => answers.Count(a => a.Error is null);

    private static IEnumerable<ErrorKind> Errors(IEnumerable<RequestAnswer> answers) =>
        answers.Where(a => a.Error is not null).Select(a => a.Error!.Kind).Distinct();
}
