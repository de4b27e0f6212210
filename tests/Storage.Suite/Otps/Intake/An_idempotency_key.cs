using Microsoft.EntityFrameworkCore;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Otps;

namespace OtpPipeline.Storage.Suite.Otps.Intake;

public sealed class An_idempotency_key(SuiteHost host) : StorageSpec(host)
{
    [Fact]
    public async Task Gives_a_repetition_the_first_OTP()
    {
        var application = await ApplicationAsync();
        var fields = new { phoneNumber = Recipients.Next() };
        var first = await Process.RequestAsync(new(application, "order-1"), fields);

        var again = await Processes(2)[1].RequestAsync(new(application, "order-1"), fields);

        again.Value.Otp.Id.ShouldBe(first.Value.Otp.Id);
        (await Process.QueryAsync(db => db.Otps.CountAsync(o => o.ApplicationId == application.Id))).ShouldBe(1);
    }

    [Fact]
    public async Task Is_refused_with_another_command()
    {
        var application = await ApplicationAsync();
        await Process.RequestAsync(new(application, "order-1"));

        (await Process.RequestAsync(new(application, "order-1"))).Error.ShouldBe(OtpErrors.IdempotencyKeyReused);
    }

    [Fact]
    public async Task Belongs_to_one_application()
    {
        var (one, other) = (await ApplicationAsync(), await ApplicationAsync());

        var first = await Process.RequestAsync(new(one, "order-1"));

        (await Process.RequestAsync(new(other, "order-1"))).Value.Otp.Id.ShouldNotBe(first.Value.Otp.Id);
    }

    [Fact]
    public async Task Makes_one_OTP_of_the_requests_of_many_processes()
    {
        var application = await ApplicationAsync();
        var fields = new { phoneNumber = Recipients.Next() };

        var answers = await RaceAsync(4, p => p.RequestAsync(new(application, "order-1"), fields), each: 4);

        answers.Select(a => a.Value.Otp.Id).Distinct().ShouldHaveSingleItem();
        (await Process.QueryAsync(db => db.Otps.CountAsync(o => o.ApplicationId == application.Id))).ShouldBe(1);
    }

    [Fact]
    public async Task Is_free_again_after_a_refusal()
    {
        var application = await LimitedAsync(l => l with { SendsPerHour = 1 });
        var (full, free) = (new { phoneNumber = Recipients.Next() }, new { phoneNumber = Recipients.Next() });
        await Process.OtpAsync(application, full);
        ((await Process.RequestAsync(new(application, "order-1"), full)).Error?.Kind).ShouldBe(ErrorKind.HourlyLimit);

        (await Process.RequestAsync(new(application, "order-1"), free)).Error.ShouldBeNull();
    }

    [Fact]
    public async Task Is_free_again_after_its_retention()
    {
        var application = await ApplicationAsync();
        var first = await Process.RequestAsync(new(application, "order-1"));
        var past = (await Process.ClockAsync()).AddSeconds(-1);
        await Process.QueryAsync(db => db.Set<IdempotencyKey>().Where(k => k.ApplicationId == application.Id)
            .ExecuteUpdateAsync(set => set.SetProperty(k => k.ExpiresAt, past)));

        var second = await Process.RequestAsync(new(application, "order-1"));

        second.Value.Otp.Id.ShouldNotBe(first.Value.Otp.Id);
        var key = await Process.QueryAsync(db => db.Set<IdempotencyKey>().SingleAsync(k => k.ApplicationId == application.Id));
        key.OtpId.ShouldBe(second.Value.Otp.Id);
        key.ExpiresAt.ShouldBeGreaterThan(past.AddHours(23));
    }

    [Fact]
    public async Task Is_in_flight_while_its_first_request_is_not_committed()
    {
        var application = await ApplicationAsync();
        await using (var context = await Process.NewContextAsync())
        {
            await using var transaction = await context.Database.BeginTransactionAsync();
            context.Add(new IdempotencyKey
            {
                ApplicationId = application.Id,
                KeyHash = Process.Secrets.HashIdempotencyKey("order-1"),
                CommandHash = [1],
                OtpId = Guid.NewGuid(),
                ExpiresAt = await Process.ClockAsync(),
            });
            await context.SaveChangesAsync();

            (await Impatient.RequestAsync(new(application, "order-1"))).Error.ShouldBe(OtpErrors.IdempotencyKeyInFlight);
        }

        (await Impatient.RequestAsync(new(application, "order-1"))).Error.ShouldBeNull();
    }
}
