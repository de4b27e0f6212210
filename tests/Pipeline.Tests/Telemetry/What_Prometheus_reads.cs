using System.Globalization;
using System.Text.RegularExpressions;
using OtpPipeline.Pipeline.Tests.Harness;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Telemetry;

public sealed class What_Prometheus_reads
{
    private const string ApplicationName = "Geheimdienst";

    [Fact]
    public async Task Counts_what_was_requested_verified_cancelled_expired_and_failed_and_names_nobody()
    {
        await using var pipeline = await RunningPipeline.StartAsync(new()
        {
            Settings = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["Telemetry:Prometheus"] = "true",
                ["Applications:0:Name"] = ApplicationName,
            },
        });
        var otps = await pipeline.WithRequestedOtpsAsync(5, maxAttempts: 1);
        var pin = await pipeline.Sandbox.PinAsync(otps[0].Recipient);
        (await pipeline.Client.VerifyAsync(otps[0].OtpId, pin)).Status.ShouldBe(200);
        (await pipeline.Client.VerifyAsync(otps[1].OtpId, "wrong1")).Status.ShouldNotBe(200);
        (await pipeline.Client.CancelAsync(otps[2].OtpId)).Status.ShouldBe(200);
        foreach (var (otpId, _) in otps[3..])
        {
            await pipeline.UntilDeliveryAsync(otpId, "SENT");
        }

        await pipeline.Database.ExpireInAsync(TimeSpan.Zero, [.. otps[3..].Select(o => o.OtpId)]);
        await pipeline.RequestAsync(new { phoneNumber = Recipients.Refused });

        var api = await ReadAsync(pipeline.Apis[0]);
        var workers = await Eventually.Get(
            async () =>
                await ReadAsync(pipeline.Workers[0]) is var page && Value(
                    page, "otp_expired_total") == 2 && Value(page, "otp_failed_total") == 1 ? page : null,
            "the workers count two expired OTPs and an undeliverable one");

        Lines(api, "otp_requested_total").ShouldBe(["""{channel="sms"} 6"""]);
        Lines(api, "otp_verified_total").ShouldBe(["""{channel="sms"} 1"""]);
        Lines(api, "otp_cancelled_total").ShouldBe(["""{channel="sms"} 1"""]);
        Lines(api, "otp_failed_total").ShouldBe(["""{channel="sms",reason="max_attempts"} 1"""]);
        Lines(workers, "otp_expired_total").ShouldBe(["""{channel="sms",reason="not_verified"} 2"""]);
        Lines(workers, "otp_failed_total").ShouldBe(["""{channel="sms",reason="undeliverable"} 1"""]);
        foreach (var secret in otps.Select(o => o.Recipient[1..]).Append(pin).Append(ApplicationName).Append(pipeline.ApplicationId.ToString()).Append(pipeline.Key))
        {
            Labels(api + workers).ShouldNotContain(secret);
        }
    }

    private static async Task<string> ReadAsync(HostProcess host)
    {
        using var http = new HttpClient();
        return await http.GetStringAsync(new Uri(host.Address, "metrics"));
    }

    private static double Value(string page, string metric) =>
        Lines(page, metric).Sum(l => double.Parse(l[(l.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));

    /// <summary>Labels and value of each line of a metric, without the meter's own labels.</summary>
    private static string[] Lines(string page, string metric) => [.. page.Split('\n')
        .Where(l => l.StartsWith(metric + "{", StringComparison.Ordinal))
        .Select(l => Regex.Replace(l[metric.Length..], "otel_scope_[a-z_]+=\"[^\"]*\",?", "", RegexOptions.None, TimeSpan.FromSeconds(1)))];

    private static string Labels(string page) =>
        string.Concat(Regex.Matches(page, @"\{[^}]*\}", RegexOptions.None, TimeSpan.FromSeconds(1)).Select(m => m.Value));
}
