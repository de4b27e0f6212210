using System.Text.Json;
using OtpPipeline.Pipeline.Tests.Harness;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Documentation;

/// <summary>The programs of docs/examples, run as README.md shows, each for an application of its own.</summary>
[Collection(nameof(DocumentedPipeline))]
public sealed class The_sign_up_flows(DocumentedPipeline documented)
{
    public static TheoryData<string, string> Programs { get; } = new() { { "node", "sign-up.mjs" }, { "python3", "sign-up.py" } };

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task Go_from_the_request_to_the_callback(string program, string file)
    {
        var (key, secret) = await NewApplicationAsync(resendCooldown: 2);

        var (output, status) = await RunAsync(program, file, key, secret);

        status.ShouldBe(0, output);
        var lines = output.Split('\n');

        // A slow machine needs no second try.
        lines.Skip(1).Where(l => !l.StartsWith("too soon to send again: ", StringComparison.Ordinal)).ShouldBe(
        [
            "sent again: 2 resends left",
            "calling instead: step 2",
            "wrong PIN: 2 attempts remain",
            "right PIN: the user is signed up",
            "callback: VERIFIED, its signature is right",
        ]);
        var (pipeline, _) = await documented.GetAsync();
        using var client = new Client(key, () => [pipeline.Apis[0].Address]);
        var otp = (await client.GetAsync(Guid.Parse(lines[0].Split(' ')[1]))).Body;
        otp.GetProperty("attempts").GetInt32().ShouldBe(1);
        otp.GetProperty("deliveries").EnumerateArray()
            .Select(d => (d.GetProperty("channel").GetString(), d.GetProperty("step").GetInt32(), d.GetProperty("resend").GetBoolean()))
            .ShouldBe([("sms", 1, false), ("sms", 1, true), ("call", 2, false)]);
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task Stop_at_a_callback_that_another_secret_signed(string program, string file)
    {
        var (key, _) = await NewApplicationAsync(resendCooldown: 0);

        var (output, status) = await RunAsync(program, file, key, Signature.Secret);

        status.ShouldBe(1, output);
        output.ShouldEndWith("stopped: the callback's signature is wrong");
    }

    private async Task<(string Key, string Secret)> NewApplicationAsync(int resendCooldown)
    {
        await using var shell = await ShellAsync();
        var (answer, _) = await shell.RunAsync(
            "curl -s $OTP_URL/admin/applications -H \"X-API-KEY: $OTP_ADMIN_KEY\" -H 'Content-Type: application/json' " +
            $"-d '{{\"name\":\"sign-up\",\"settings\":{{\"resendCooldown\":{resendCooldown}}}}}'");
        var made = JsonDocument.Parse(answer).RootElement;
        return (made.GetProperty("apiKey").GetString()!, made.GetProperty("webhookSecret").GetString()!);
    }

    private async Task<(string Output, int Status)> RunAsync(string program, string file, string key, string secret)
    {
        Assert.SkipWhen(
            string.IsNullOrEmpty(Environment.GetEnvironmentVariable("OTP_TEST_WEBHOOK_ORACLE")), "needs ./test, which installs node");
        await using var shell = await ShellAsync();
        return await shell.RunAsync(
            $"OTP_API_KEY={key} OTP_WEBHOOK_SECRET={secret} {program} {Repository.At("docs", "examples", file)}");
    }

    private async Task<Shell> ShellAsync()
    {
        var (_, folder) = await documented.GetAsync();
        var shell = new Shell(folder);
        await shell.RunAsync(". .local/demo.env");
        return shell;
    }
}
