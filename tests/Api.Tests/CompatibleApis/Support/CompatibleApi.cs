using System.Net;
using System.Text.Json;
using OtpPipeline.Api.Tests.Support;
using OtpPipeline.Core.Recipients;

namespace OtpPipeline.Api.Tests.CompatibleApis.Support;

/// <summary>An OTP that a test made, with what the clients of the compatible APIs know it by.</summary>
public sealed record MadeOtp(Guid Id, string Phone, string Pin);

/// <summary>A compatible API as the matrix of tests uses it: a further one is a further row of <see cref="All"/>.</summary>
public sealed record CompatibleApi(string Name)
{
    private const string Incoming = "/apps/TwoFactorAuth/incoming.php";
    private const string Gateway = "/GatewayAPI/rest";

    /// <summary>Asks for an OTP for a phone number in E.164.</summary>
    public required Func<CompatibleApiClient, Shown, string, Task<Answer>> Request { get; init; }

    /// <summary>Submits the right PIN, or a wrong one.</summary>
    public required Func<CompatibleApiClient, Shown, MadeOtp, string, Task<Answer>> Verify { get; init; }

    /// <summary>Whether an answer to Verify is success.</summary>
    public required Func<Answer, bool> Verified { get; init; }

    /// <summary>Other calls that name an OTP, each of them harmful in the wrong hands.</summary>
    public IReadOnlyList<Func<CompatibleApiClient, Shown, MadeOtp, Task<Answer>>> Others { get; init; } = [];

    /// <summary>What callers find without an id, they find only where they asked for it; null where an id finds every OTP.</summary>
    public string? Place { get; init; }

    /// <summary>Whether an answer to Request says that the recipient's limits are reached.</summary>
    public Func<Answer, bool> Limited { get; init; } = answer => answer.Status == HttpStatusCode.TooManyRequests;

    public static IReadOnlyList<CompatibleApi> All { get; } =
    [
        new("native")
        {
            Request = (client, shown, phone) =>
                client.SendAsync(HttpMethod.Post, "/otp", new { phoneNumber = phone }, headers: ("X-API-KEY", shown.Key)),
            Verify = (client, shown, otp, pin) =>
                client.SendAsync(HttpMethod.Post, $"/otp/{otp.Id}", new { pin }, headers: ("X-API-KEY", shown.Key)),
            Verified = answer => answer.Status == HttpStatusCode.OK,
            Others =
            [
                (client, shown, otp) => client.SendAsync(HttpMethod.Get, $"/otp/{otp.Id}", headers: ("X-API-KEY", shown.Key)),
                (client, shown, otp) => client.SendAsync(HttpMethod.Get, $"/otp/{otp.Id}/callbacks", headers: ("X-API-KEY", shown.Key)),
                (client, shown, otp) => client.SendAsync(HttpMethod.Delete, $"/otp/{otp.Id}", headers: ("X-API-KEY", shown.Key)),
            ],
        },
        new("Beem")
        {
            Request = (client, shown, phone) =>
                client.BeemAsync(shown.BeemPair, "/v1/request", new { appId = shown.BeemApp, msisdn = phone[1..] }),
            Verify = (client, shown, otp, pin) => client.BeemAsync(shown.BeemPair, "/v1/verify", new { pinId = otp.Id, pin }),
            Verified = answer => answer.Text is """{"data":{"message":{"code":117,"message":"Valid Pin"}}}""",
        },
        new("BizMagnets")
        {
            Request = (client, shown, phone) => client.BizMagnetsAsync(shown.Key, $"/otp/{shown.Config}/sendOTP", InTwoFields(phone)),
            Verify = (client, shown, otp, pin) =>
                client.BizMagnetsAsync(shown.Key, $"/otp/{otp.Id}/verifyOTP", InTwoFields(otp.Phone, pin)),
            Verified = answer => answer.Status == HttpStatusCode.OK,
        },
        new("Gupshup A")
        {
            Place = "gupshup",
            Request = (client, shown, phone) =>
                client.TwoFactorAsync(shown.Key, "sendOTP", ("key", shown.TwoFactorKey), ("phone", phone[1..])),
            Verify = (client, shown, otp, pin) =>
                client.TwoFactorAsync(shown.Key, "verifyOTP", ("key", shown.TwoFactorKey), ("phone", otp.Phone[1..]), ("code", pin)),
            Verified = answer =>
                answer.Text is """{"status":"success","code":"200","message":"Code matched successfully and user has been verified"}""",
            Limited = answer => answer.Text is """{"status":"error","code":"905","message":"Retry period is not over"}""",
        },
        new("Gupshup B")
        {
            Place = "gupshup",
            Request = (client, shown, phone) => client.QueryAsync(Incoming, ("key", shown.TwoFactorKey), ("phone", phone[1..])),
            Verify = (client, shown, otp, pin) =>
                client.QueryAsync(Incoming, ("key", shown.TwoFactorKey), ("phone", otp.Phone[1..]), ("code", pin)),
            Verified = answer => answer.Text is "success | 200 | Code matched successfully and user has been verified",
            Limited = answer => answer.Text is "error | 905 | Retry period is not over",
        },
        new("Gupshup C")
        {
            Place = "gupshup",
            Request = (client, shown, phone) =>
                client.QueryAsync(Gateway, [.. shown.Gateway, ("phone_no", phone[1..]), ("msg", "Code %code%")]),
            Verify = (client, shown, otp, pin) =>
                client.QueryAsync(Gateway, [.. shown.Gateway, ("phone_no", otp.Phone[1..]), ("otp_code", pin)]),
            Verified = answer =>
                answer.Text.StartsWith("success | ", StringComparison.Ordinal) && answer.Text
                    .EndsWith(" | Code matched successfully and user has been verified", StringComparison.Ordinal),
            Limited = answer => answer.Text is "error | 905 | Retry period is not over",
        },
        new("Perfumerlabs")
        {
            Place = "perfumerlabs",
            Request = (client, shown, phone) =>
            {
                var password = $"{Random.Shared.Next(1_000_000):D6}";
                return client.PerfumerlabsAsync(
                    shown.Application.Id, shown.PerfumerlabsPair, HttpMethod.Post, "/sms",
                    new { phone = phone[1..], password, message = $"Code {password}", lifetime = 300 });
            },
            Verify = (client, shown, otp, pin) =>
                client.PerfumerlabsAsync(
                    shown.Application.Id, shown.PerfumerlabsPair, HttpMethod.Get, "/sms/check",
                    new { phone = otp.Phone[1..], password = pin }),
            Verified = answer => answer.Text is """{"status":true}""",
            Limited = answer => answer.Text is """{"status":false,"status_code":"phone_limit","message":"Phone limit has been reached"}""",
        },
    ];

    public static TheoryData<string, string> Pairs => new(All.SelectMany(x => All.Select(y => (x.Name, y.Name))));

    public static CompatibleApi From(string name) => All.Single(d => d.Name.Equals(name, StringComparison.Ordinal));

    /// <summary>Whether this compatible API finds the OTPs that another one made.</summary>
    public bool Finds(CompatibleApi maker) => Place is null || Place.Equals(maker.Place, StringComparison.Ordinal);

    /// <summary>An OTP of this application, requested in this compatible API.</summary>
    public async Task<MadeOtp> MakeAsync(CompatibleApiClient client, ApiHost host, KnownApplication application, string? phone = null)
    {
        phone ??= Recipients.Next();
        var before = await application.OtpsAsync(host);
        var answer = await Request(client, new(application), phone);
        var made = (await application.OtpsAsync(host)).Except(before).ToArray();
        made.Length.ShouldBe(1, answer.Text);
        return new(made[0], phone, await host.PinOfAsync(made[0]));
    }

    public override string ToString() => Name;

    private static string InTwoFields(string phone, string? otp = null)
    {
        var number = PhoneNumber.Parse(phone, countryIso: null).ShouldBeOfType<PhoneParseResult.Ok>().Number;
        var code = number.CountryIso is "FR" ? "33" : "91";
        return JsonSerializer.Serialize(new { otp, mobileNumber = phone[(code.Length + 1)..], countryCode = code });
    }
}
