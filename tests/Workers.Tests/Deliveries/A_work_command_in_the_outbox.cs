using Microsoft.Extensions.DependencyInjection;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Otps.Changes;
using OtpPipeline.Core.Otps.Intake;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Workers.Tests.Support;

namespace OtpPipeline.Workers.Tests.Deliveries;

/// <summary>A work command that is not published yet is not lost, whichever of its OTPs is looked at.</summary>
public sealed class A_work_command_in_the_outbox : IAsyncLifetime
{
    private readonly List<Guid> _otps = [];
    private TestDatabase _database = null!;
    private BusHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await MigratedDatabase.CreateAsync();
        _host = await BusHost.StartAsync(_database);
        var owner = new Application { Id = Guid.CreateVersion7(), Name = "tenant", Settings = new() };
        for (var i = 0; i < 4; i++)
        {
            var answer = await _host.Services.GetRequiredService<OtpIntake>().RequestAsync(
                new() { PhoneNumber = new($"+3361224640{i}"), From = new("Tests"), Template = new("{{pin}}") }, new(owner),
                CancellationToken.None);
            _otps.Add(answer.Value.Otp.Id);
        }

        await Eventually.Until(async () => await _database.CountAsync("outbox_messages") == 0, "their own commands are published");
        await _database.ExecuteAsync("UPDATE deliveries SET publish_due_at = now() - interval '1 minute'");
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Of_many_OTPs_counts_for_each_that_it_names()
    {
        var further = string.Join(',', _otps[1..3].Select(o => $$"""{"otpId":"{{o}}","step":1}"""));
        await StoreAsync(_otps[0], $$"""{"otpId":"{{_otps[0]}}","channel":"sms","step":1,"further":[{{further}}]}""");

        (await UnpublishedAsync()).ShouldBe(_otps[..3], ignoreOrder: true);

        await _database.ExecuteAsync("UPDATE outbox_messages SET parked_at = now()");
        (await UnpublishedAsync()).ShouldBeEmpty("an operator put it aside");
    }

    [Fact]
    public async Task Of_one_OTP_counts_for_it_alone()
    {
        await StoreAsync(_otps[3], $$"""{"otpId":"{{_otps[3]}}","channel":"sms","step":1,"route":null,"tried":null}""");

        (await UnpublishedAsync()).ShouldBe([_otps[3]]);
        (await UnpublishedFeedbackAsync()).ShouldBeEmpty("it is no command for feedback");
        await StoreAsync(_otps[2], $$"""{"otpId":"{{_otps[2]}}"}""", "otp-feedback");
        (await UnpublishedFeedbackAsync()).ShouldBe([_otps[2]]);
    }

    private Task StoreAsync(Guid correlation, string body, string command = "otp-requested") => _database.ExecuteAsync(
        "INSERT INTO outbox_messages (id, message_type, correlation_id, routing_key, body, created_at, due_at, attempts) VALUES "
        + $"(gen_random_uuid(), '{command}', '{correlation}', 'sms', '{body}', now(), now() + interval '1 hour', 0)");

    private async Task<IReadOnlySet<Guid>> UnpublishedFeedbackAsync()
    {
        await _database.ExecuteAsync(
            "INSERT INTO pending_feedback (otp_id, attempt, republished, due_at) SELECT id, 1, 0, now() FROM otps ON CONFLICT DO NOTHING");
        await using var unit = await _host.Services.GetRequiredService<IOtpStore>().BeginAsync(CancellationToken.None);
        var lost = await unit.LockLostFeedbackAsync(100, CancellationToken.None);
        lost.Feedback.Keys.ShouldBe(_otps, ignoreOrder: true);
        return lost.Unpublished;
    }

    private async Task<IReadOnlySet<Guid>> UnpublishedAsync()
    {
        await using var unit = await _host.Services.GetRequiredService<IOtpStore>().BeginAsync(CancellationToken.None);
        var lost = await unit.LockLostDeliveriesAsync(
            new Dictionary<Channel, TimeSpan> { [Channel.Sms] = TimeSpan.Zero }, 100, CancellationToken.None);
        lost.Otps.Keys.ShouldBe(_otps, ignoreOrder: true);
        return lost.Unpublished;
    }
}
