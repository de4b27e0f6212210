using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using OtpPipeline.Pipeline.Tests.Harness;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Promises;

/// <summary>Receipts from Kannel, and from one that signs as Twilio does, through a proxy at the public address.</summary>
public sealed class Receipts_of_known_providers
{
    private const string Sid = "AC0123456789abcdef0123456789abcdef";
    private const string AuthToken = "planted-auth-token";
    private const string CallSid = "CA0123456789abcdef0123456789abcdef";

    [Fact]
    public async Task From_Kannel_with_its_fake_message_centre_make_the_delivery_DELIVERED()
    {
        Assert.SkipUnless(KannelGateway.IsInstalled, "needs ./test, which installs kannel and kannel-extras on Debian");
        await using var kannel = await KannelGateway.StartAsync();
        await using var proxy = await HttpReceiver.StartAsync();
        await using var pipeline = await StartAsync(proxy, new()
        {
            ["Deliveries:Channels:sms:Provider"] = "kannel",
            ["Providers:kannel:Type"] = "kannel",
            ["Providers:kannel:Url"] = kannel.SendSmsUrl,
            ["Providers:kannel:Username"] = KannelGateway.Username,
            ["Providers:kannel:Password"] = KannelGateway.Password,
            ["Providers:kannel:From"] = "12345",
        });

        var otps = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => pipeline.RequestAsync(
            new { phoneNumber = Recipients.Next(), template = i % 2 == 0 ? "Code {{pin}} & more" : "Ваш код {{pin}}" })));

        foreach (var otp in otps)
        {
            await pipeline.UntilDeliveryAsync(otp, "DELIVERED");
        }

        await pipeline.Events.UntilGapFreeAsync(pipeline.Database, otps);
    }

    [Fact]
    public async Task Signed_as_by_Twilio_change_it_once_and_forged_ones_nothing()
    {
        await using var twilio = await HttpReceiver.StartAsync();
        twilio.Says(201, $$"""{"sid":"{{CallSid}}","status":"queued"}""");
        await using var proxy = await HttpReceiver.StartAsync();
        await using var pipeline = await StartAsync(proxy, new()
        {
            ["Deliveries:Channels:call:Provider"] = "twilio",
            ["Providers:twilio:Type"] = "twilio-voice",
            ["Providers:twilio:BaseUrl"] = twilio.Url,
            ["Providers:twilio:AccountSid"] = Sid,
            ["Providers:twilio:AuthToken"] = AuthToken,
            ["Providers:twilio:From"] = "+12025550123",
        });
        var otp = await pipeline.RequestAsync(new { channel = "call", phoneNumber = Recipients.Next() });
        await pipeline.UntilDeliveryAsync(otp, "SENT");
        var address = QueryHelpers.ParseQuery(twilio.Single.Body)["StatusCallback"].ToString();
        address.ShouldStartWith($"{proxy.Url}/r/");
        var form = new Dictionary<string, string> { ["CallSid"] = CallSid, ["CallStatus"] = "in-progress", ["AccountSid"] = Sid };
        using var http = new HttpClient();

        // Another key, another field, another address, no signature: none is believed.
        (await PostAsync(http, address, form, Sign(address, form, "another-token"))).ShouldBe(HttpStatusCode.NotFound);
        (await PostAsync(http, address, new(form) { ["CallStatus"] = "completed" }, Sign(address, form))).ShouldBe(HttpStatusCode.NotFound);
        (await PostAsync(http, $"{proxy.Url}/r/providers/twilio", form, Sign(address, form))).ShouldBe(HttpStatusCode.NotFound);
        (await PostAsync(http, address, form, null)).ShouldBe(HttpStatusCode.NotFound);
        (await pipeline.Database.DeliveriesAsync(otp)).Single().Status.ShouldBe("SENT");

        (await PostAsync(http, address, form, Sign(address, form))).ShouldBe(HttpStatusCode.OK);
        (await PostAsync(http, address, form, Sign(address, form))).ShouldBe(HttpStatusCode.OK, "a repeated one");

        await pipeline.UntilDeliveryAsync(otp, "DELIVERED");
        await pipeline.Events.UntilGapFreeAsync(pipeline.Database, [otp]);
        pipeline.Events.ForOtp(otp).Count(e => e.Status == "DELIVERED").ShouldBe(1);
        string.Concat(Directory.GetFiles(pipeline.Logs).Select(File.ReadAllText)).ShouldNotContain(AuthToken);
    }

    private static async Task<RunningPipeline> StartAsync(HttpReceiver proxy, Dictionary<string, string> settings)
    {
        settings["Api:PublicUrl"] = proxy.Url;
        var pipeline = await RunningPipeline.StartAsync(new() { Settings = settings });
        proxy.Answer = context => PassOnAsync(proxy, context, pipeline.Apis[0].Address);
        return pipeline;
    }

    private static async Task PassOnAsync(HttpReceiver proxy, HttpContext context, Uri api)
    {
        var target = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        var got = proxy.All.Last(r => r.Target == target);
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(new(got.Method), new Uri(api, target)) { Content = new ByteArrayContent(got.Content) };
        foreach (var (name, value) in got.Headers)
        {
            if (name is "Content-Type")
            {
                request.Content.Headers.TryAddWithoutValidation(name, value);
            }
            else if (name.StartsWith("X-", StringComparison.Ordinal))
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }
        }

        using var answer = await http.SendAsync(request);
        context.Response.StatusCode = (int)answer.StatusCode;
    }

    private static async Task<HttpStatusCode> PostAsync(HttpClient http, string url, Dictionary<string, string> form, string? signature)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new FormUrlEncodedContent(form) };
        if (signature is not null)
        {
            request.Headers.Add("X-Twilio-Signature", signature);
        }

        using var answer = await http.SendAsync(request);
        return answer.StatusCode;
    }

    /// <summary>As Twilio documents it: HMAC-SHA1 over the address and the fields sorted by name.</summary>
    private static string Sign(string url, Dictionary<string, string> form, string key = AuthToken) =>
        Convert.ToBase64String(HMACSHA1.HashData(
            Encoding.UTF8.GetBytes(key),
            Encoding.UTF8.GetBytes(url + string.Concat(form.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => f.Key + f.Value)))));
}
