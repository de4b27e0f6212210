using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using OtpPipeline.Api.Tests.Support;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Core.Secrets;

namespace OtpPipeline.Api.Tests.CompatibleApis.Gupshup;

/// <summary>An application of its own with a two-factor key, and the callers of each variant.</summary>
internal sealed class GupshupShop
{
    public const string Root = "/sm/api/ent/sms/2fa";
    public const string User = "/GatewayAPI/rest";
    public const string Password = "gateway-password";

    private readonly ApiHost _host;

    private GupshupShop(ApiHost host, MadeApplication made, string key, string keyId, string user)
    {
        (_host, Made, Key, KeyId, UserId) = (host, made, key, keyId, user);
    }

    public MadeApplication Made { get; }

    /// <summary>32 hexadecimal digits.</summary>
    public string Key { get; }

    public string KeyId { get; }

    /// <summary>The user of GatewayAPI.</summary>
    public string UserId { get; }

    /// <summary>Of the key: international numbers, "Code %code%", no retry period, unless the settings say something else.</summary>
    public static async Task<GupshupShop> MakeAsync(ApiHost host, Dictionary<string, string>? settings = null, object? limits = null)
    {
        await MadeApplicationsAttribute.DeleteEndedAsync(host);
        var admin = host.Admin();
        var made = await admin.WithApplicationAsync(new { limits = limits ?? new { sendsPerHour = 100_000, sendsPerDay = 100_000 } });
        var all = new Dictionary<string, string>(
            StringComparer.Ordinal) { ["message"] = "Code %code%", ["accountType"] = "intl", ["retryPeriod"] = "0" };
        foreach (var (name, value) in settings ?? [])
        {
            all[name] = value;
        }

        var key = await admin.PostAsync($"/{made.Id}/identifiers", new { kind = "gupshup_key", settings = all });
        key.Status.ShouldBe(HttpStatusCode.Created, key.Text);
        var user = $"20{Guid.NewGuid():N}"[..20];
        (await admin.PostAsync($"/{made.Id}/identifiers", new { kind = "gupshup_user", identifier = user, secret = Password })).Status
            .ShouldBe(HttpStatusCode.Created);
        await host.RefreshAsync();
        return new(
            host, made, key.Json.GetProperty("key").GetString()!, key.Json.GetProperty("identifier").GetProperty("id").GetString()!, user);
    }

    /// <summary>International digits that no other test has.</summary>
    public static string NextPhone() => Recipients.Next().TrimStart('+');

    public Task<Answer> SendAsync(string phone) => FormAsync("sendOTP", ("key", Key), ("phone", phone));

    public Task<Answer> VerifyAsync(string phone, string code) => FormAsync("verifyOTP", ("key", Key), ("phone", phone), ("code", code));

    public Task<Answer> FormAsync(string call, params (string Name, string Value)[] fields) =>
        FormAsync($"{Root}/{call}", Made.Key, fields);

    public async Task<Answer> FormAsync(string path, string? apiKey, params (string Name, string Value)[] fields)
    {
        using var content = new FormUrlEncodedContent(fields.Select(f => KeyValuePair.Create(f.Name, f.Value)));
        return await AskAsync(HttpMethod.Post, path, content, apiKey);
    }

    /// <summary>incoming.php; the key unless the query names one.</summary>
    public Task<Answer> LineAsync(string query, HttpMethod? method = null) => AskAsync(
        method ?? HttpMethod.Get,
        $"/apps/TwoFactorAuth/incoming.php?{query}{(query.Contains("key=", StringComparison.Ordinal) ? "" : $"&key={Key}")}");

    /// <summary>GatewayAPI with the user, the method and the version before the rest of the query.</summary>
    public Task<Answer> RestAsync(string query) =>
        AskAsync(HttpMethod.Get, $"{User}?userid={UserId}&password={Password}&method=TWO_FACTOR_AUTH&v=1.1&{query}");

    public async Task<Answer> AskAsync(HttpMethod method, string path, HttpContent? content = null, string? apiKey = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        if (apiKey is not null)
        {
            request.Headers.TryAddWithoutValidation("apikey", apiKey);
        }

        using var response = await _host.Factory.CreateClient().SendAsync(request);
        return await Answer.OfAsync(response);
    }

    /// <summary>Bytes on a connection of their own, and all that comes back.</summary>
    public static async Task<string> RawAsync(Uri server, string request)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(server.Host, server.Port);
        var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request));
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return await reader.ReadToEndAsync();
    }

    /// <summary>All OTPs of a phone, oldest first.</summary>
    public Task<List<Otp>> OtpsAsync(string phone) =>
        OtpsAsync(Recipient.From(((PhoneParseResult.Ok)PhoneNumber.Parse($"+{phone}", null)).Number));

    public Task<List<Otp>> OtpsAsync(Recipient recipient)
    {
        var hash = _host.Services.GetRequiredService<OtpSecrets>().HashRecipient(recipient);
        var application = Guid.Parse(Made.Id);
        return _host.QueryAsync(
            db => db.Otps.AsNoTracking().Where(o => o.ApplicationId == application && o.RecipientHash == hash).OrderBy(o => o.CreatedAt)
                .ToListAsync());
    }

    public async Task<Otp> LastAsync(string phone) => (await OtpsAsync(phone))[^1];

    public async Task<string> CodeAsync(string phone) => await _host.PinOfAsync((await LastAsync(phone)).Id);

    public async Task<string> WrongCodeAsync(string phone) => await _host.WrongPinOfAsync((await LastAsync(phone)).Id);

    /// <summary>The text of the message to a phone, as it waits for its worker.</summary>
    public async Task<string> TextAsync(string phone)
    {
        var id = (await LastAsync(phone)).Id;
        var row = await _host.QueryAsync(db => db.Pins.AsNoTracking().SingleAsync(p => p.OtpId == id));
        return _host.Services.GetRequiredService<OtpSecrets>().DecryptMessage(row)!.Text;
    }

    public Task<int> DeliveriesAsync(Guid otpId) => _host.QueryAsync(db => db.Deliveries.CountAsync(d => d.OtpId == otpId));

    /// <summary>What a worker does to a delivery that arrived.</summary>
    public Task<int> DeliveredAsync(Guid otpId) =>
        _host.QueryAsync(db => db.Database.ExecuteSqlAsync($"UPDATE deliveries SET status = 'SENT' WHERE otp_id = {otpId}"));

    public Task<int> FailedAsync(Guid otpId, string reason) => _host.QueryAsync(
        db => db.Database.ExecuteSqlAsync(
            $"UPDATE otps SET status = 'FAILED', reason = {reason}, final_at = clock_timestamp() WHERE id = {otpId}"));

    public Task LetExpireAsync(Guid otpId) => _host.LetExpireAsync(otpId);

    public Task<Answer> CancelAsync(Guid otpId) => _host.Client(Made.Tenant).CancelAsync(otpId);
}

internal static class GupshupAnswers
{
    /// <summary>The whole JSON body of a call under /sm.</summary>
    public static Answer ShouldSay(this Answer answer, string status, string code, string message)
    {
        answer.Text.ShouldBe($$"""{"status":"{{status}}","code":"{{code}}","message":"{{message}}"}""");
        answer.Status.ShouldBe(HttpStatusCode.OK);
        answer["Content-Type"].ShouldBe("application/json");
        return answer;
    }

    public static Answer ShouldBeSent(this Answer answer) =>
        answer.ShouldSay("success", "100", "New code generated and code was sent the user");

    public static Answer ShouldBeSentAgain(this Answer answer) =>
        answer.ShouldSay("success", "101", "User already in the system and code was sent to the user again");

    public static Answer ShouldBeVerified(this Answer answer) =>
        answer.ShouldSay("success", "200", "Code matched successfully and user has been verified");

    public static Answer ShouldBeInvalidCode(this Answer answer) => answer.ShouldSay("error", "903", "Invalid code");

    public static Answer ShouldBeExpired(this Answer answer) => answer.ShouldSay("error", "907", "Code is expired");

    public static Answer ShouldBeExhausted(this Answer answer) => answer.ShouldSay("error", "904", "Maximum attempts exceeded");

    public static Answer ShouldBeStranger(this Answer answer) => answer.ShouldSay("error", "901", "Invalid credentials");

    /// <summary>The whole line.</summary>
    public static Answer ShouldRead(this Answer answer, string line)
    {
        answer.Text.ShouldBe(line);
        answer.Status.ShouldBe(HttpStatusCode.OK);
        answer["Content-Type"].ShouldBe("text/plain");
        return answer;
    }
}
