using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Formats;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Pins;
using OtpPipeline.Core.Recipients;
using Shouldly;
using Xunit;

namespace OtpPipeline.Core.Tests.Formats;

public class The_words_for_a_value
{
    [Fact]
    public void Are_those_of_the_API()
    {
        Enum.GetValues<OtpStatus>().Select(EnumText<OtpStatus>.Upper).ShouldBe(["PENDING", "VERIFIED", "EXPIRED", "CANCELLED", "FAILED"]);
        Enum.GetValues<OtpReason>().Select(EnumText<OtpReason>.Lower)
            .ShouldBe(["not_verified", "never_sent", "max_attempts", "undeliverable"]);
        Channels.All.Select(c => c.Text()).ShouldBe(["sms", "email", "telegram", "call", "whatsapp", "ussd"]);
        Enum.GetValues<DeliveryStatus>().Select(EnumText<DeliveryStatus>.Upper)
            .ShouldBe(["QUEUED", "SENDING", "SENT", "DELIVERED", "READ", "UNDELIVERED", "FAILED", "UNKNOWN", "SUPPRESSED"]);
        Enum.GetValues<PinType>().Select(EnumText<PinType>.Lower).ShouldBe(["numbers", "letters", "alphanumeric"]);
    }

    [Fact]
    public void Lead_back_to_it_in_any_case()
    {
        RoundTrip<OtpStatus>();
        RoundTrip<OtpReason>();
        RoundTrip<Channel>();
        RoundTrip<DeliveryStatus>();
        RoundTrip<PinType>();
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("NotVerified")]
    [InlineData("not verified")]
    [InlineData("not_verified,never_sent")]
    public void Are_the_only_ones(string text)
    {
        EnumText<OtpReason>.TryParse(text, out _).ShouldBeFalse();
        Should.Throw<FormatException>(() => EnumText<OtpReason>.Parse(text));
    }

    private static void RoundTrip<TEnum>()
        where TEnum : struct, Enum
    {
        foreach (var value in Enum.GetValues<TEnum>())
        {
            EnumText<TEnum>.Parse(EnumText<TEnum>.Upper(value)).ShouldBe(value);
            EnumText<TEnum>.Parse(EnumText<TEnum>.Lower(value)).ShouldBe(value);
        }
    }
}
