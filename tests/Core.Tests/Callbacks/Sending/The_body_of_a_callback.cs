using System.Text;
using System.Text.Json;
using OtpPipeline.Core.Callbacks;
using OtpPipeline.Core.Callbacks.Sending;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Core.Tests.Support;
using Shouldly;
using Xunit;

namespace OtpPipeline.Core.Tests.Callbacks.Sending;

public class The_body_of_a_callback
{
    private static readonly OtpDetails Details = new(
        "+33612246400", "InfoText", "Your PIN is {{pin}}", "https://example.com/x", "Zoë", "fr");
    private static readonly DeliveryChange Sent = new(Guid.CreateVersion7(), "sms", "sandbox", 1, 2, "SENT", null, "m-1", Some.Now, null, null);

    [Fact]
    public void Has_the_thirteen_fields_of_the_native_api_then_ours_and_no_template()
    {
        var data = Render(
            Some.Locked(OtpStatus.Failed, attempts: 5, metadata: """{"order":"4711"}""").Otp, status: "FAILED", reason: "max_attempts",
            sequence: 7);

        data.EnumerateObject().Select(p => p.Name).ShouldBe(
        [
            "otpId", "trackId", "phoneNumber", "countryIso", "status", "cost", "parts", "maxAttempts", "attempts", "ttl", "otpCallbackUrl",
            "dateCreated", "dateExpires",
            "channel", "recipient", "from", "name", "locale", "reason", "sequence", "metadata", "externalId",
            "attemptsRemaining", "test", "previous",
        ]);
        data.GetProperty("status").GetString().ShouldBe("FAILED");
        data.GetProperty("reason").GetString().ShouldBe("max_attempts");
        data.GetProperty("attempts").GetInt32().ShouldBe(5);
        data.GetProperty("sequence").GetInt64().ShouldBe(7);
        data.GetProperty("metadata").GetProperty("order").GetString().ShouldBe("4711");
        data.GetProperty("phoneNumber").GetString().ShouldBe("+33612246400");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Tells_whether_the_OTP_is_one_of_a_test_key(bool isTest) =>
        Render(Some.Locked(OtpStatus.Verified, isTest: isTest).Otp, "VERIFIED", null, 2).GetProperty("test").GetBoolean().ShouldBe(isTest);

    [Fact]
    public void Is_one_element_of_otp_update_in_plain_UTF8()
    {
        var text = Encoding.UTF8.GetString(
            CallbackBody.Render(
                Some.Locked(OtpStatus.Verified).Otp, Details, default, Change("VERIFIED", null, null, 3, Some.Now), null, 0));

        text.ShouldStartWith("""{"event":"otp_update","data":[{"otpId":""");
        text.ShouldContain("Zoë");
        text.ShouldContain("+33612246400");
        text.ShouldNotContain("{{pin}}");
    }

    [Theory]
    [InlineData(-1, "PENDING", null)]
    [InlineData(0, "PENDING", null)]
    [InlineData(1, "EXPIRED", "not_verified")]
    public void Of_a_delivery_shows_the_status_that_the_OTP_had_then(int secondsAfterTheEnd, string status, string? reason)
    {
        var otp = Some.Locked(OtpStatus.Expired).Otp;
        (otp.Reason, otp.FinalAt) = (OtpReason.NotVerified, Some.Now);

        var data = Element(
            CallbackBody.Render(
                otp, Details, Some.Secrets.DecryptAttached(otp), Change("SENT", null, Sent, 4, Some.Now.AddSeconds(secondsAfterTheEnd)),
                Sent, 3));

        data.GetProperty("status").GetString().ShouldBe(status);
        data.GetProperty("reason").GetString().ShouldBe(reason);
        data.GetProperty("delivery").GetProperty("status").GetString().ShouldBe("SENT");
        data.GetProperty("delivery").GetProperty("attempt").GetInt32().ShouldBe(2);
        data.GetProperty("previous").GetInt64().ShouldBe(3);
    }

    [Theory]
    [InlineData("FAILED", null, null, null)]
    [InlineData("SENT", 1, null, null)]
    [InlineData("UNDELIVERED", 1, null, null)]
    [InlineData("DELIVERED", 1, 2, null)]
    [InlineData("READ", 1, 2, 3)]
    public void Of_a_delivery_shows_the_times_that_were_known_then(string status, int? sent, int? delivered, int? read)
    {
        var times = new DeliveryTimes(Some.Now.AddSeconds(1), Some.Now.AddSeconds(2), Some.Now.AddSeconds(3));
        var change = Change(status, "absent", Sent, 4, Some.Now);

        var delivery = change.DeliveryOf(Channel.Sms, "gateway", 1, 2, "m-1", times);

        var shown = Element(CallbackBody.Render(Some.Locked().Otp, Details, default, change, delivery, 3)).GetProperty("delivery");
        shown.EnumerateObject().Select(p => p.Name).ShouldBe(
        [
            "id", "channel", "provider", "step", "attempt", "status", "reason", "providerMessageId", "dateSent", "dateDelivered", "dateRead",
        ]);
        (shown.GetProperty("providerMessageId").GetString(), shown.GetProperty("reason").GetString()).ShouldBe(("m-1", "absent"));
        new[] { "dateSent", "dateDelivered", "dateRead" }.Select(n => shown.GetProperty(n)).Select(SecondsOf)
            .ShouldBe([sent, delivered, read]);

        static int? SecondsOf(JsonElement time) =>
            time.ValueKind == JsonValueKind.Null ? null : (int)(time.GetDateTime() - Some.Now).TotalSeconds;
    }

    [Fact]
    public void Comes_back_byte_for_byte_from_its_seal_and_only_in_its_own_place()
    {
        var id = Guid.CreateVersion7();
        var content = new CallbackContent(
            "https://user.example/ü?token=1",
            CallbackBody.Render(Some.Locked().Otp, Details, default, Change("VERIFIED", null, null, 2, Some.Now), null, 0));
        var row = Some.Secrets.EncryptCallback(id, content);

        var opened = Some.Secrets.DecryptCallback(id, row);

        opened.Url.ShouldBe(content.Url);
        opened.Body.ShouldBe(content.Body);
        Should.Throw<System.Security.Cryptography.CryptographicException>(() => Some.Secrets.DecryptCallback(Guid.CreateVersion7(), row));
        Encoding.Latin1.GetString(row).ShouldNotContain("612246400");
    }

    private static JsonElement Render(Otp otp, string status, string? reason, long sequence) =>
        Element(CallbackBody.Render(
            otp, Details, Some.Secrets.DecryptAttached(otp), Change(status, reason, null, sequence, Some.Now), null, 0));

    private static OtpChange Change(string status, string? reason, DeliveryChange? delivery, long sequence, DateTime at) => new()
    {
        OtpId = Guid.CreateVersion7(),
        Sequence = sequence,
        Kind = delivery is null ? OtpChangeKind.Status : OtpChangeKind.Delivery,
        DeliveryId = delivery?.Id,
        Status = status,
        Reason = reason,
        OccurredAt = at,
    };

    private static JsonElement Element(byte[] body) => JsonDocument.Parse(body).RootElement.GetProperty("data")[0];
}
