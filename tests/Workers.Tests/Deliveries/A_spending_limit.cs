using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Applications.Lookup;
using OtpPipeline.Core.Database;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Deliveries.Sending;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Otps.Changes;
using OtpPipeline.Core.Otps.Intake;
using OtpPipeline.Core.Otps.Requests;
using OtpPipeline.Core.Otps.Sending;
using OtpPipeline.Core.Otps.Verification;
using OtpPipeline.Workers.Tests.Support;

namespace OtpPipeline.Workers.Tests.Deliveries;

/// <summary>Of 1 a day, on the real database: a message costs 0.1, a call 0.9, a message on WhatsApp 0.2. No worker sends them.</summary>
public sealed class A_spending_limit : IAsyncLifetime
{
    private readonly Application _owner = new()
    {
        Id = Guid.CreateVersion7(),
        Name = "tenant",
        Settings = new() { ResendCooldown = 0, Limits = new() { SpendingPerDay = 1, SendsPerHour = 1000, SendsPerDay = 1000 } },
    };

    private TestDatabase _database = null!;
    private BusHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await MigratedDatabase.CreateAsync();
        _host = await BusHost.StartAsync(_database, settings: new(StringComparer.Ordinal)
        {
            ["Deliveries:Channels:sms:Prices:*"] = "0.1",
            ["Deliveries:Channels:call:Prices:*"] = "0.9",
            ["Deliveries:Channels:whatsapp:Prices:*"] = "0.2",
        });
        await using var context = await Get<IDbContextFactory<OtpDbContext>>().CreateDbContextAsync();
        context.Add(_owner);
        await context.SaveChangesAsync();
        await Get<ApplicationDirectory>().RefreshAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Ends_a_step_that_cannot_reserve_and_starts_the_next_that_can()
    {
        var otp = await RequestAsync("sms", "call", "whatsapp");
        await RequestAsync("sms");
        await _database.ExecuteAsync(
            $"INSERT INTO pending_steps (otp_id, application_id, step, due_at) VALUES ('{otp}', '{_owner.Id}', 2, clock_timestamp())");

        var started = await Get<StepStart>().StartDueAsync(
            (_, _) => ValueTask.FromResult<Application?>(_owner), 10, CancellationToken.None);

        started.ShouldBe(1);
        (await _database.ScalarAsync<string>(
            "SELECT string_agg(concat_ws(' ', channel, status, reason, cost::float8), ', ' ORDER BY step) FROM deliveries " +
            $"WHERE otp_id = '{otp}'"))
            .ShouldBe("sms QUEUED 0.1, call FAILED spending_limit 0, whatsapp QUEUED 0.2");
        (await SpentAsync()).ShouldBe(0.4m);
    }

    [Fact]
    public async Task Refuses_a_resend_and_a_step_by_command_that_cannot_reserve_also_in_parallel()
    {
        var otps = new List<Guid>();
        for (var i = 0; i < 6; i++)
        {
            otps.Add(await RequestAsync("sms", "call"));
        }

        await _database.ExecuteAsync("UPDATE deliveries SET status = 'SENT'");
        (await Get<OtpNext>().StartAsync(new(_owner, otps[0]), CancellationToken.None)).Error.ShouldBe(OtpErrors.SpendingLimit);

        var answers = await Task.WhenAll(otps.Select(o => Get<OtpResend>().ResendAsync(new(_owner, o), CancellationToken.None)));

        answers.Count(a => a.Error is null).ShouldBe(4);
        answers.Where(a => a.Error is not null).ShouldAllBe(a => a.Error == OtpErrors.SpendingLimit);
        (await SpentAsync()).ShouldBe(1m);
        (await _database.CountAsync("deliveries")).ShouldBe(10);
    }

    [Fact]
    public async Task Is_given_back_what_the_end_of_an_OTP_leaves_unsent()
    {
        var (cancelled, expired, sent) = (await RequestAsync("sms"), await RequestAsync("sms"), await RequestAsync("sms"));
        await _database.ExecuteAsync($"UPDATE deliveries SET status = 'SENT' WHERE otp_id = '{sent}'");
        (await SpentAsync()).ShouldBe(0.3m);

        (await Get<OtpCancellation>().CancelAsync(new CancelCommand(_owner, cancelled), CancellationToken.None)).Error.ShouldBeNull();
        (await SpentAsync()).ShouldBe(0.2m);
        (await Get<OtpCancellation>().CancelAsync(new CancelCommand(_owner, sent), CancellationToken.None)).Error.ShouldBeNull();
        await _database.ExecuteAsync(
            $"UPDATE otps SET expires_at = clock_timestamp() WHERE id = '{expired}'; " +
            $"UPDATE otp_pins SET valid_until = clock_timestamp() WHERE otp_id = '{expired}'");
        (await Get<OtpExpiry>().ExpireAsync(10, CancellationToken.None)).ShouldBe(1);

        (await SpentAsync()).ShouldBe(0.1m);
        (await _database.ScalarAsync<decimal>("SELECT sum(cost) FROM deliveries")).ShouldBe(0.1m);
    }

    [Fact]
    public async Task Is_exact_while_some_OTPs_end_others_are_sent_and_more_come()
    {
        var ended = new List<Guid>();
        var refused = new List<Guid>();
        for (var i = 0; i < 3; i++)
        {
            ended.Add(await RequestAsync("sms"));
            refused.Add(await RequestAsync("sms"));
        }

        await _database.ExecuteAsync(
            "UPDATE deliveries SET status = 'SENDING', lease_id = id, lease_until = clock_timestamp() + interval '1 hour' " +
            $"WHERE otp_id = ANY ('{{{string.Join(',', refused)}}}')");

        await Task.WhenAll(
        [
            .. ended.Select(o => (Task)Get<OtpCancellation>().CancelAsync(new CancelCommand(_owner, o), CancellationToken.None)),
            .. refused.Select(RefuseAsync),
            .. Enumerable.Range(0, 4).Select(_ => RequestAsync("sms")),
        ]);

        (await SpentAsync()).ShouldBe(0.4m);
    }

    private async Task RefuseAsync(Guid otpId)
    {
        var delivery = await _database.ScalarAsync<Guid>($"SELECT id FROM deliveries WHERE otp_id = '{otpId}'");
        (await Get<DeliveryOutcomes>().RecordAsync(
            new(otpId, _owner.Id, delivery, delivery, new SendOutcome.Refused("refused")), CancellationToken.None)).ShouldBeTrue();
    }

    private T Get<T>()
        where T : notnull => _host.Services.GetRequiredService<T>();

    private async Task<Guid> RequestAsync(params string[] channels)
    {
        var request = new OtpRequest
        {
            PhoneNumber = new(Recipients.Next()),
            Channels = [.. channels.Select(c => new StepFields { Channel = new(c) })],
        };
        var answer = await Get<OtpIntake>().RequestAsync(request, new(_owner), CancellationToken.None);
        answer.Error.ShouldBeNull();
        return answer.Value.Otp.Id;
    }

    private Task<decimal> SpentAsync() => _database.ScalarAsync<decimal>("SELECT spent FROM application_spendings");
}
