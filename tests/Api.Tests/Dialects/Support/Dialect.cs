using System.Net;
using System.Text.Json;
using OtpPipeline.Api.Tests.Support;
using OtpPipeline.Core.Recipients;

namespace OtpPipeline.Api.Tests.Dialects.Support;

/// <summary>An OTP that a test made, with what the clients of the dialects know it by.</summary>
public sealed record MadeOtp(Guid Id, string Phone, string Pin);

/// <summary>What a caller shows: everything of one application, or a mixture.</summary>
public sealed record Shown(KnownApplication Application)
{
    public string Key { get; init; } = Application.Made.Key;

    public string BeemPair { get; init; } = Application.BeemPair;

    public string BeemApp { get; init; } = Application.BeemApp;

    public string Config { get; init; } = Application.Config;
}

/// <summary>A dialect as the matrix of tests uses it: a further one is a further row of <see cref="All"/>.</summary>
public sealed record Dialect(string Name)
{
    /// <summary>Asks for an OTP for a phone number in E.164.</summary>
    public required Func<DialectClient, Shown, string, Task<Answer>> Request { get; init; }

    /// <summary>Submits the right PIN, or a wrong one.</summary>
    public required Func<DialectClient, Shown, MadeOtp, string, Task<Answer>> Verify { get; init; }

    /// <summary>Whether an answer to Verify is success.</summary>
    public required Func<Answer, bool> Verified { get; init; }

    /// <summary>Other calls that name an OTP, each of them harmful in the wrong hands.</summary>
    public IReadOnlyList<Func<DialectClient, Shown, MadeOtp, Task<Answer>>> Others { get; init; } = [];

    public static IReadOnlyList<Dialect> All { get; } =
    [
        new("native")
        {
            Request = (client, shown, phone) => client.SendAsync(HttpMethod.Post, "/otp", new { phoneNumber = phone }, headers: ("X-API-KEY", shown.Key)),
            Verify = (client, shown, otp, pin) => client.SendAsync(HttpMethod.Post, $"/otp/{otp.Id}", new { pin }, headers: ("X-API-KEY", shown.Key)),
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
            Request = (client, shown, phone) => client.BeemAsync(shown.BeemPair, "/v1/request", new { appId = shown.BeemApp, msisdn = phone[1..] }),
            Verify = (client, shown, otp, pin) => client.BeemAsync(shown.BeemPair, "/v1/verify", new { pinId = otp.Id, pin }),
            Verified = answer => answer.Text is """{"data":{"message":{"code":117,"message":"Valid Pin"}}}""",
        },
        new("BizMagnets")
        {
            Request = (client, shown, phone) => client.BizMagnetsAsync(shown.Key, $"/otp/{shown.Config}/sendOTP", InTwoFields(phone)),
            Verify = (client, shown, otp, pin) => client.BizMagnetsAsync(shown.Key, $"/otp/{otp.Id}/verifyOTP", InTwoFields(otp.Phone, pin)),
            Verified = answer => answer.Status == HttpStatusCode.OK,
        },
    ];

    public static TheoryData<string, string> Pairs => new(All.SelectMany(x => All.Select(y => (x.Name, y.Name))));

    public static Dialect Of(string name) => All.Single(d => d.Name.Equals(name, StringComparison.Ordinal));

    /// <summary>An OTP of this application, requested in this dialect.</summary>
    public async Task<MadeOtp> MakeAsync(ApiHost host, KnownApplication application, string? phone = null)
    {
        phone ??= Numbers.Next();
        var before = await application.OtpsAsync(host);
        var answer = await Request(host.Dialects(), new(application), phone);
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
