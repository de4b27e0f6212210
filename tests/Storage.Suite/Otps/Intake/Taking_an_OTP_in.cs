using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using OtpPipeline.Core.Applications.Limits;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Otps.Intake;
using OtpPipeline.Core.Otps.Reading;
using OtpPipeline.Core.Otps.Requests;

namespace OtpPipeline.Storage.Suite.Otps.Intake;

public sealed class Taking_an_OTP_in(SuiteHost host) : StorageSpec(host)
{
    [Fact]
    public async Task Writes_its_PIN_delivery_change_and_command_with_it()
    {
        var application = await ApplicationAsync();

        var otpId = await Process.OtpAsync(application);

        var reading = await Process.ReadAsync(application, otpId);
        (reading.Otp.Status, reading.Otp.Sequence, reading.Otp.Attempts).ShouldBe((OtpStatus.Pending, 1L, 0));
        var delivery = reading.Deliveries.ShouldHaveSingleItem();
        (delivery.Status, delivery.Step, delivery.Attempt, delivery.WaitingSince).ShouldBe((DeliveryStatus.Queued, 1, 1, null));
        (await Process.PinAsync(otpId)).Length.ShouldBe(6);
        var change = (await Process.ChangesAsync(otpId)).ShouldHaveSingleItem();
        (change.Sequence, change.Kind, change.Status, change.OccurredAt)
            .ShouldBe((1L, OtpChangeKind.Created, "PENDING", reading.Otp.CreatedAt));
        var message = (await Process.MessagesAsync(otpId)).ShouldHaveSingleItem();
        (message.MessageType, message.RoutingKey).ShouldBe(("otp-requested", "sms"));
    }

    [Fact]
    public async Task Keeps_what_its_client_was_answered_to_the_microsecond()
    {
        var application = await ApplicationAsync();
        var answer = await Process.RequestAsync(new(application), new
        {
            channels = new object[] { "sms", new { channel = "email", waitSeconds = 90 } },
            phoneNumber = Recipients.Next(),
            email = Recipients.NextEmail(),
            ttl = 77,
            maxAttempts = 3,
            trackId = Guid.NewGuid(),
            externalId = "A/ü 7 '\"\\ 😀",
            name = "Zoë O'Neill",
            locale = "fr-CH",
            from = "Shop",
            metadata = new { order = "4711", empty = "" },
            otpCallbackUrl = "https://shop.example/otp?a=b",
        });

        var read = await Get<OtpReader>().FindAsync(application, answer.Value.Otp.Id, CancellationToken.None);

        JsonSerializer.Serialize(OtpAnswer.CreateFirst(read.ShouldNotBeNull()))
            .ShouldBe(JsonSerializer.Serialize(OtpAnswer.CreateFirst(answer.Value)));
        (read.Otp.CreatedAt, read.Otp.ExpiresAt).ShouldBe((answer.Value.Otp.CreatedAt, answer.Value.Otp.ExpiresAt));
        (read.Otp.CreatedAt.Ticks % TimeSpan.TicksPerMicrosecond).ShouldBe(0);
    }

    [Fact]
    public async Task Of_many_in_one_batch_gives_each_its_own()
    {
        var application = await ApplicationAsync();
        var phones = Enumerable.Range(0, 40).Select(_ => Recipients.Next()).ToList();

        var answers = await AtOnceAsync(
            phones.Select(p => (Func<Task<RequestAnswer>>)(() => Process.RequestAsync(new(application), new { phoneNumber = p }))));

        answers.Select(a => a.Value.Details.Recipient).ShouldBe(phones);
        answers.Select(a => a.Value.Otp.Id).ShouldBeUnique();
        (await Process.QueryAsync(db => db.Deliveries.CountAsync(d => d.ApplicationId == application.Id))).ShouldBe(40);
    }

    [Fact]
    public async Task For_a_rehearsal_leaves_nothing()
    {
        var application = await ApplicationAsync();
        var request = OtpRequest.Read(JsonSerializer.SerializeToElement(new { phoneNumber = Recipients.Next() }));

        (await Get<OtpIntake>().RehearseAsync(request, new(application), CancellationToken.None)).ShouldNotBeNull();

        (await Process.QueryAsync(db => db.Otps.AnyAsync(o => o.ApplicationId == application.Id))).ShouldBeFalse();
        (await Process.QueryAsync(db => db.Set<RecipientHistory>().AnyAsync(h => h.ApplicationId == application.Id))).ShouldBeFalse();
    }
}
