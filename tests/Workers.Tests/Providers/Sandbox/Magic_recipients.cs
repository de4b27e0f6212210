using OtpPipeline.Core.Recipients;
using OtpPipeline.Workers.Providers.Sandbox;

namespace OtpPipeline.Workers.Tests.Providers.Sandbox;

public sealed class Magic_recipients
{
    public static TheoryData<SandboxScript> All => [.. Enum.GetValues<SandboxScript>()];

    [Theory]
    [MemberData(nameof(All))]
    public void Each_script_has_a_valid_recipient_of_each_kind(SandboxScript script)
    {
        var phone = PhoneNumber.Parse(SandboxScripts.Recipient(script, RecipientKind.Phone), null)
            .ShouldBeOfType<PhoneParseResult.Ok>().Number;
        EmailAddress.TryParse(SandboxScripts.Recipient(script, RecipientKind.Email), out var email).ShouldBeTrue();
        TelegramChat.TryParse(SandboxScripts.Recipient(script, RecipientKind.Chat), out var chat).ShouldBeTrue();

        SandboxScripts.From(phone.E164).ShouldBe(script);
        SandboxScripts.From(email!.Value).ShouldBe(script);
        SandboxScripts.From(chat!.Value).ShouldBe(script);
    }

    [Theory]
    [InlineData("+15005550002", SandboxScript.Refuse)]
    [InlineData("Refused@sandbox.example", SandboxScript.Refuse)]
    [InlineData("9990000006", SandboxScript.LoseAnswer)]
    [InlineData("+15005550007", SandboxScript.Receive)]
    [InlineData("undelivered@sandbox.example", SandboxScript.Lose)]
    [InlineData("+15005550009", SandboxScript.ReceiveTwice)]
    [InlineData("+15005550010", SandboxScript.ReceiveEarly)]
    [InlineData("9990000011", SandboxScript.Read)]
    [InlineData("+15005550012", SandboxScript.Fail)]
    [InlineData("outage@sandbox.example", SandboxScript.Fail)]
    [InlineData("+15005550101", SandboxScript.ThrottleFor)]
    [InlineData("9990000199", SandboxScript.ThrottleFor)]
    [InlineData("Throttled-30@sandbox.example", SandboxScript.ThrottleFor)]
    [InlineData("+15005550201", SandboxScript.LoseAfter)]
    [InlineData("9990000299", SandboxScript.LoseAfter)]
    [InlineData("Undelivered-30@sandbox.example", SandboxScript.LoseAfter)]
    public void They_are_what_the_documentation_says(string recipient, SandboxScript script) =>
        SandboxScripts.From(recipient).ShouldBe(script);

    [Theory]
    [InlineData("+15005550101", 1)]
    [InlineData("+15005550199", 99)]
    [InlineData("9990000130", 30)]
    [InlineData("throttled-5@sandbox.example", 5)]
    [InlineData("+15005550201", 1)]
    [InlineData("+15005550299", 99)]
    [InlineData("9990000230", 30)]
    [InlineData("undelivered-5@sandbox.example", 5)]
    public void They_say_how_many_seconds_it_takes(string recipient, int seconds)
    {
        SandboxScripts.TimeOf(recipient).ShouldBe(TimeSpan.FromSeconds(seconds));
        new[] { RecipientKind.Phone, RecipientKind.Email, RecipientKind.Chat }
            .Select(k => SandboxScripts.Recipient(SandboxScripts.From(recipient), k, seconds)).ShouldContain(recipient);
    }

    [Theory]
    [InlineData("+15005550003", 0)]
    [InlineData("+15005550008", 2)]
    [InlineData("undelivered@sandbox.example", 2)]
    public void The_others_take_the_time_of_their_script(string recipient, int seconds) =>
        SandboxScripts.TimeOf(recipient).ShouldBe(TimeSpan.FromSeconds(seconds));

    [Theory]
    [InlineData("+15005550099")]
    [InlineData("+15005550013")]
    [InlineData("+15005550100")]
    [InlineData("+15005550200")]
    [InlineData("throttled-0@sandbox.example")]
    [InlineData("throttled-100@sandbox.example")]
    [InlineData("throttled-@sandbox.example")]
    [InlineData("+15005550300")]
    [InlineData("undelivered-0@sandbox.example")]
    [InlineData("undelivered-100@sandbox.example")]
    [InlineData("+15005550000")]
    [InlineData("+150055500 2")]
    [InlineData("+150055500+2")]
    [InlineData("+150055500021")]
    [InlineData("+33612246400")]
    [InlineData("refused@example.com")]
    [InlineData("somebody@sandbox.example")]
    [InlineData("-9990000002")]
    public void Everybody_else_gets_it(string recipient) => SandboxScripts.From(recipient).ShouldBe(SandboxScript.Deliver);
}
