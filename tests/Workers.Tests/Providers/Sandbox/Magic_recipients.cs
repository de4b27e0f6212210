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
    public void They_are_what_the_documentation_says(string recipient, SandboxScript script) =>
        SandboxScripts.From(recipient).ShouldBe(script);

    [Theory]
    [InlineData("+15005550099")]
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
