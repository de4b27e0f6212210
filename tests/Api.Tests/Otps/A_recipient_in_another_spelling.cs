using OtpPipeline.Api.Tests.Support;

namespace OtpPipeline.Api.Tests.Otps;

public sealed class A_recipient_in_another_spelling
{
    private readonly ApiHost _host;

    public A_recipient_in_another_spelling(ApiHost host)
    {
        Servers.SkipWithout();
        _host = host;
    }

    [Theory]
    [InlineData("email", "victim{0}@example.com", "Victim{0}@example.com", "VICTIM{0}@EXAMPLE.COM")]
    [InlineData("email", "victim{0}@example.com", "victim{0}+shop@example.com", "victim{0}@example\u3002com")]
    [InlineData("email", "victim{0}@b\u00FCcher.example", "victim{0}@xn--bcher-kva.example", "victim{0}@B\u00DCCHER.example")]
    [InlineData("phoneNumber", "+390549886377", "+3780549886377", "+378886377")]
    public async Task Has_the_limit_of_the_same_recipient(string field, string first, string second, string third)
    {
        var client = await ClientAsync(new { limits = new { sendsPerHour = 2 } });
        var id = $"{Guid.CreateVersion7():N}"[20..];

        (await RequestAsync(client, field, first, id)).Status.ShouldBe(System.Net.HttpStatusCode.Created);
        (await RequestAsync(client, field, second, id)).Status.ShouldBe(System.Net.HttpStatusCode.Created);
        (await RequestAsync(client, field, third, id))
            .ShouldBeRefused(429, "rate_limit", 2122, "Too many OTPs were requested for this recipient in one hour");
    }

    [Fact]
    public async Task Carries_its_wrong_guesses_along()
    {
        var client = await ClientAsync(new { limits = new { failedGuesses = 2 } });
        var id = $"{Guid.CreateVersion7():N}"[20..];
        foreach (var email in new[] { "victim{0}@example.com", "Victim{0}+a@example.com" })
        {
            var otp = (await RequestAsync(client, "email", email, id)).Json.GetProperty("otpId").GetGuid();
            (await client.VerifyAsync(otp, await _host.WrongPinOfAsync(otp)))
                .ShouldBeRefused(400, "invalid_pin", 2029, "The PIN provided does not verify", attemptsRemaining: 4);
        }

        (await RequestAsync(client, "email", "VICTIM{0}@example.com", id)).ShouldBeRefused(
            429, "rate_limit", 2124, "Too many wrong PINs were submitted for this recipient");
    }

    [Fact]
    public async Task Is_counted_as_the_application_folds_and_gets_its_mail_as_written()
    {
        var client = await ClientAsync(new { limits = new { sendsPerHour = 1, foldPlusTags = false, foldDots = true } });
        var id = $"{Guid.CreateVersion7():N}"[20..];

        (await RequestAsync(client, "email", "Vic.tim{0}@example.com", id)).Json.GetProperty("recipient").GetString()
            .ShouldBe($"Vic.tim{id}@example.com");
        (await RequestAsync(client, "email", "victim{0}+shop@example.com", id)).Status.ShouldBe(System.Net.HttpStatusCode.Created);
        (await RequestAsync(client, "email", "victim{0}@example.com", id)).ShouldBeRefused(
            429, "rate_limit", 2122, "Too many OTPs were requested for this recipient in one hour");
    }

    [Fact]
    public async Task Is_refused_a_template_with_an_unknown_placeholder_and_so_is_the_application()
    {
        var client = await ClientAsync(new { });
        (await client.RequestAsync(new { phoneNumber = Recipients.Next(), template = "{{pin}} {{code}}" })).ShouldBeRefused(
            400, "invalid_param", 2006,
            "The parameter 'template' contains an unknown placeholder: beside {{pin}} there are {{app}}, {{minutes}} and {{name}}");

        var made = await _host.Admin().PostAsync("", new { name = "templates", settings = new { template = "{{pin}} {{code}}" } });

        made.Status.ShouldBe(System.Net.HttpStatusCode.BadRequest);
        made.Text.ShouldContain("beside it there are {{app}}, {{minutes}} and {{name}}");
    }

    private async Task<ApiClient> ClientAsync(object settings)
    {
        var made = await _host.Admin().WithApplicationAsync(settings);
        await _host.RefreshAsync();
        return new(_host.Factory.CreateClient(), made.Key);
    }

    private static Task<Answer> RequestAsync(ApiClient client, string field, string recipient, string id) =>
        client.RequestAsync(new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["channel"] = field == "email" ? "email" : "call",
        [field] = string.Format(System.Globalization.CultureInfo.InvariantCulture, recipient, id),
    });
}
