using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Deliveries.Feedback;
using OtpPipeline.Hosting.Providers.Presets;
using OtpPipeline.Workers.Tests.Providers.Support;

namespace OtpPipeline.Workers.Tests.Hosting.Providers.Presets;

/// <summary>Both hosts read it from the entries; the Api without any secret for sending.</summary>
public sealed class Providers_that_want_feedback
{
    [Theory]
    [InlineData("twilio-sms", "ProvideFeedback", "true", true)]
    [InlineData("twilio-sms", "ProvideFeedback", "false", false)]
    [InlineData("twilio-sms", "From", "+12025550123", false)]
    [InlineData("vonage-sms", "ReportConversions", "true", true)]
    [InlineData("vonage-sms", "From", "Shop", false)]
    [InlineData("aws-sms", "ReportFeedback", "true", true)]
    [InlineData("aws-sms", "From", "Shop", false)]
    [InlineData("kannel", "From", "12345", false)]
    public void Are_those_whose_entry_asks_for_it(string type, string key, string value, bool wants)
    {
        var providers = Read(("Type", type), (key, value));

        (providers.Want("tested", verified: true), providers.Want("tested", verified: false)).ShouldBe((wants, wants));
        providers.Want("other", verified: true).ShouldBeFalse();
    }

    [Theory]
    [InlineData(null, null, true, false)]
    [InlineData("true", "lost", true, true)]
    [InlineData("false", "lost", false, false)]
    public void Are_those_that_a_described_entry_names(string? enabled, string? notVerified, bool verified, bool expired)
    {
        var providers = Read(
            ("Type", "http"), ("Feedback:Url", "https://gateway.example/"), ("Feedback:Verified", "yes"), ("Feedback:Enabled", enabled),
            ("Feedback:NotVerified", notVerified));

        (providers.Want("tested", verified: true), providers.Want("tested", verified: false)).ShouldBe((verified, expired));
    }

    private static FeedbackProviders Read(params (string, string?)[] keys) => ProviderEntries.Feedback(
        ProviderEntries.Read(ProviderHost.Configuration(new Dictionary<string, string?>().With(keys))));
}
