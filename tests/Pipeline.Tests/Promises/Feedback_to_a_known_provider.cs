using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using OtpPipeline.Pipeline.Tests.Harness;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Promises;

/// <summary>Api and Workers as processes, and a server that answers as Twilio does.</summary>
public sealed partial class Feedback_to_a_known_provider
{
    private const string Sid = "AC0123456789abcdef0123456789abcdef";
    private const string AuthToken = "planted-auth-token";

    [Fact]
    public async Task Of_an_OTP_that_the_Api_verified_is_sent_by_the_next_worker()
    {
        await using var twilio = await HttpReceiver.StartAsync(AnswerAsync);
        await using var pipeline = await RunningPipeline.StartAsync(new() { Settings = SettingsFor(twilio) });
        var otp = await pipeline.RequestAsync(new { phoneNumber = Recipients.Next(), template = "PIN:{{pin}}" });
        await pipeline.UntilDeliveryAsync(otp, "SENT");
        var pin = Pin().Match(Uri.UnescapeDataString(twilio.Single.Body)).Value;
        await pipeline.Workers[0].StopAsync();

        (await pipeline.Client.VerifyAsync(otp, pin)).Text.ShouldBe("""{"status":"VERIFIED"}""");
        await Eventually.Until(
            async () => await pipeline.Database.CountAsync("outbox_messages") == 0, "the command for the feedback is at the broker");
        twilio.All.Count.ShouldBe(1);
        await pipeline.Workers[0].StartAsync();

        var told = await Eventually.Get(() => Task.FromResult(twilio.All.ElementAtOrDefault(1)), "Twilio is told");
        (told.Path, told.Body).ShouldBe(($"/2010-04-01/Accounts/{Sid}/Messages/SM1/Feedback.json", "Outcome=confirmed"));
        string.Concat(Directory.GetFiles(pipeline.Logs).Select(File.ReadAllText)).ShouldNotContain(AuthToken);
    }

    private static async Task AnswerAsync(HttpContext context)
    {
        context.Response.StatusCode = 201;
        await context.Response.WriteAsync("""{"sid":"SM1","status":"queued"}""");
    }

    private static Dictionary<string, string> SettingsFor(HttpReceiver twilio) => new(StringComparer.Ordinal)
    {
        ["Deliveries:Channels:sms:Provider"] = "twilio",
        ["Providers:twilio:Type"] = "twilio-sms",
        ["Providers:twilio:BaseUrl"] = twilio.Url,
        ["Providers:twilio:AccountSid"] = Sid,
        ["Providers:twilio:AuthToken"] = AuthToken,
        ["Providers:twilio:From"] = "+12025550123",
        ["Providers:twilio:ProvideFeedback"] = "true",
        ["Providers:twilio:Receipts"] = "false",
    };

    [GeneratedRegex("(?<=PIN:)[0-9A-Za-z]+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Pin();
}
