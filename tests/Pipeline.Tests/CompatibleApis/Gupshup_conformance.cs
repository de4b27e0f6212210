using OtpPipeline.Pipeline.Tests.Harness;
using OtpPipeline.Pipeline.Tests.Promises;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.CompatibleApis;

/// <summary>The life of a code as Gupshup's callers see it, over two Api processes and a worker.</summary>
[Collection(nameof(SharedPipeline))]
public sealed class Gupshup_conformance(SharedPipeline shared) : IDisposable
{
    private const string Sent = """{"status":"success","code":"100","message":"New code generated and code was sent the user"}""";
    private const string SentAgain =
        """{"status":"success","code":"101","message":"User already in the system and code was sent to the user again"}""";
    private const string Verified =
        """{"status":"success","code":"200","message":"Code matched successfully and user has been verified"}""";
    private const string Wrong = """{"status":"error","code":"903","message":"Invalid code"}""";
    private const string Exhausted = """{"status":"error","code":"904","message":"Maximum attempts exceeded"}""";
    private const string Expired = """{"status":"error","code":"907","message":"Code is expired"}""";
    private readonly HttpClient _http = new(new SocketsHttpHandler { MaxConnectionsPerServer = 256 });
    private readonly string _recipient = Recipients.Next();
    private RunningPipeline _pipeline = null!;
    private int _turn;

    private string Phone => _recipient.TrimStart('+');

    private string Key => HostSettings.GupshupKeyOf(_pipeline.Key);

    [Fact]
    public async Task A_code_arrives_and_verifies_once()
    {
        await StartAsync();

        (await SendAsync()).ShouldBe(Sent);
        var message = await _pipeline.Sandbox.MessageAsync(_recipient);

        message.Channel.ShouldBe("sms");
        message.Text.ShouldBe($$$"""Code {{{message.Pin}}} {{pin}}""");
        (await VerifyAsync(Each_channel_from_end_to_end.Wrong(message.Pin))).ShouldBe(Wrong);
        (await VerifyAsync(message.Pin)).ShouldBe(Verified);
        (await VerifyAsync(message.Pin)).ShouldBe(Wrong);
    }

    [Fact]
    public async Task A_code_that_is_sent_again_arrives_twice()
    {
        await StartAsync();
        var otp = await GatewaySendAsync();
        var first = await _pipeline.Sandbox.MessageAsync(_recipient);
        await _pipeline.UntilDeliveryAsync(otp, "SENT");

        (await SendAsync()).ShouldBe(SentAgain);

        var messages = await Eventually.Get(
            async () => await _pipeline.Sandbox.MessagesAsync(
                _recipient) is { Length: 2 } both ? both : null, "the code arrives a second time");
        messages.ShouldAllBe(m => m.Pin == first.Pin && m.Text == first.Text);
        (await VerifyAsync(first.Pin)).ShouldBe(Verified);
        await _pipeline.Events.UntilGapFreeAsync(_pipeline.Database, [otp]);
    }

    [Fact]
    public async Task A_code_expires_and_a_new_one_is_made()
    {
        await StartAsync();
        var otp = await GatewaySendAsync();
        var pin = await _pipeline.Sandbox.PinAsync(_recipient);

        await _pipeline.Database.ExpireInAsync(TimeSpan.Zero, otp);

        (await VerifyAsync(pin)).ShouldBe(Expired);
        (await LineAsync($"phone={Phone}&key={Key}"))
            .ShouldBe("success | 103 | Previous code is expired and new code was sent to the user again");
    }

    [Fact]
    public async Task A_code_is_guessed_too_often()
    {
        await StartAsync();
        await SendAsync();
        var pin = await _pipeline.Sandbox.PinAsync(_recipient);

        (await VerifyAsync(Each_channel_from_end_to_end.Wrong(pin))).ShouldBe(Wrong);
        (await VerifyAsync(Each_channel_from_end_to_end.Wrong(pin))).ShouldBe(Exhausted);

        (await VerifyAsync(pin)).ShouldBe(Exhausted);
        (await SendAsync()).ShouldBe(Sent);
    }

    [Fact]
    public async Task A_code_is_cancelled()
    {
        await StartAsync();
        var otp = await GatewaySendAsync();
        var pin = await _pipeline.Sandbox.PinAsync(_recipient);

        (await _pipeline.Client.CancelAsync(otp)).Status.ShouldBe(200);

        (await VerifyAsync(pin)).ShouldBe(Expired);
    }

    [Fact]
    public async Task A_code_cannot_be_delivered()
    {
        await StartAsync();
        var sent = await GatewayAsync($"phone_no={Recipients.Refused.TrimStart('+')}&msg=%25code%25");

        (await _pipeline.UntilStatusAsync(Guid.Parse(sent.Split(" | ")[2]), "FAILED")).Reason.ShouldBe("undeliverable");

        (await LineAsync($"phone={Recipients.Refused.TrimStart('+')}&key={Key}&code=123456")).ShouldBe("error | 907 | Code is expired");
    }

    [Fact]
    public async Task What_is_unknown_missing_or_wrong_is_refused()
    {
        await StartAsync();

        (await VerifyAsync("123456")).ShouldBe(Wrong);
        (await FormAsync("sendOTP", _pipeline.Key, ("key", Key)))
            .ShouldBe("""{"status":"error","code":"902","message":"Invalid phone number"}""");
        (await FormAsync("sendOTP", _pipeline.Key, ("phone", Phone)))
            .ShouldBe("""{"status":"error","code":"901","message":"Invalid credentials"}""");
        (await FormAsync("sendOTP", "wrong", ("key", Key), ("phone", Phone)))
            .ShouldBe("""{"status":"error","code":"901","message":"Invalid credentials"}""");
        (await LineAsync($"phone={Phone}&key={new string('0', 32)}")).ShouldBe("error | 901 | Invalid credentials");
    }

    [Fact]
    public async Task Two_hundred_at_the_same_moment_make_one_code_and_verify_it_once()
    {
        await StartAsync();

        var sent = await Load.AtOnceAsync(200, _ => GatewayAsync($"phone_no={Phone}&msg=%25code%25"));
        var otp = Guid.Parse(sent.First(s => s.StartsWith("success", StringComparison.Ordinal)).Split(" | ")[2]);
        var pin = await _pipeline.Sandbox.PinAsync(_recipient);
        var verified = await Load.AtOnceAsync(200, _ => VerifyAsync(pin));

        sent.Count(s => s == $"success | {Phone} | {otp} | New code generated and code was sent the user").ShouldBe(1);
        sent.Count(s => s == $"success | {Phone} | {otp} | User already in the system and code was sent to the user again").ShouldBe(199);
        (await _pipeline.Database.CountAsync("otps WHERE lookup_hash = (SELECT lookup_hash FROM otps WHERE id = $1)", otp)).ShouldBe(1);
        verified.Count(v => v == Verified).ShouldBe(1);
        verified.Count(v => v == Wrong).ShouldBe(199);
    }

    public void Dispose() => _http.Dispose();

    private async Task StartAsync() => _pipeline = await shared.GetAsync();

    private Task<string> SendAsync() => FormAsync("sendOTP", _pipeline.Key, ("key", Key), ("phone", Phone));

    private Task<string> VerifyAsync(string code) => FormAsync("verifyOTP", _pipeline.Key, ("key", Key), ("phone", Phone), ("code", code));

    /// <summary>Through GatewayAPI, which names the OTP.</summary>
    private async Task<Guid> GatewaySendAsync() =>
        Guid.Parse((await GatewayAsync($"phone_no={Phone}&msg=Code%20%25code%25")).Split(" | ")[2]);

    private Task<string> GatewayAsync(string query) =>
        GetAsync($"GatewayAPI/rest?userid=2000000001&password={_pipeline.Key}&method=TWO_FACTOR_AUTH&v=1.1&format=TEXT&{query}");

    private Task<string> LineAsync(string query) => GetAsync($"apps/TwoFactorAuth/incoming.php?{query}");

    private async Task<string> GetAsync(string path)
    {
        using var response = await _http.GetAsync(new Uri(Next(), path));
        return await response.Content.ReadAsStringAsync();
    }

    private async Task<string> FormAsync(string call, string apiKey, params (string Name, string Value)[] fields)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Next(), $"sm/api/ent/sms/2fa/{call}"))
        {
            Content = new FormUrlEncodedContent(fields.Select(f => KeyValuePair.Create(f.Name, f.Value))),
        };
        request.Headers.Add("apikey", apiKey);
        using var response = await _http.SendAsync(request);
        return await response.Content.ReadAsStringAsync();
    }

    private Uri Next() => _pipeline.Apis[(int)((uint)Interlocked.Increment(ref _turn) % (uint)_pipeline.Apis.Count)].Address;
}
