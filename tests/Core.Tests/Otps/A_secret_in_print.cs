using System.Text.Json;
using OtpPipeline.Core.Bodies;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Otps.Requests;
using OtpPipeline.Core.Otps.Verification;
using OtpPipeline.Core.Pins;
using OtpPipeline.Core.Sandbox;
using OtpPipeline.Core.Tests.Support;
using Shouldly;
using Xunit;

namespace OtpPipeline.Core.Tests.Otps;

public class A_secret_in_print
{
    private const string Secret = "83719264";
    private const string Address = "612246400";

    private static readonly ValidatedOtpRequest Request = Some.Validate(
        $"\"template\":\"{Secret} {{{{pin}}}}\",\"name\":\"{Secret}\",\"metadata\":{{\"a\":\"{Secret}\"}}").Value;

    public static TheoryData<string> Bearers => [.. Objects().Keys];

    // What goes to the database as encrypted JSON is whole in JSON by purpose: OtpDetails and SandboxContent.
    private static Dictionary<string, (object Bearer, bool AlsoInJson)> Objects() => new(StringComparer.Ordinal)
    {
        ["PIN"] = (new Pin(Secret), true),
        ["holder of a PIN"] = (new Holder(new Pin(Secret), new PinGuess(Secret)), true),
        ["guess"] = (new PinGuess(Secret), true),
        ["field"] = (new JsonField(Secret), true),
        ["request"]
        = (Some.Request($"\"phoneNumber\":\"+33{Address}\",\"template\":\"{Secret}\",\"metadata\":{{\"a\":\"{Secret}\"}}"), true),
        ["validated request"] = (Request, true),
        ["options"] = (new RequestOptions(Some.Application(), Secret) { Pin = Secret }, true),
        ["checked"] = ((Result<ValidatedOtpRequest>)Request, true),
        ["recipient"] = (Request.Recipient, true),
        ["verification"] = (new VerifyCommand(Some.Application(), Guid.Empty, new PinGuess(Secret)), true),
        ["new OTP"] = (Some.NewOtp(), false),
        ["details"] = (new OtpDetails("+33" + Address, Secret, Secret, Secret, Secret, null), false),
        ["sandbox message"] = (new SandboxContent("sms", "+33" + Address, Secret, Secret), false),
    };

    [Theory]
    [MemberData(nameof(Bearers))]
    public void Shows_nothing(string name)
    {
        var (bearer, alsoInJson) = Objects()[name];

        ShouldBeClean($"{bearer}");
        ShouldBeClean(bearer.ToString()!);
        if (alsoInJson)
        {
            ShouldBeClean(JsonSerializer.Serialize(bearer, bearer.GetType()));
        }
    }

    private static void ShouldBeClean(string text)
    {
        text.ShouldNotContain(Secret);
        text.ShouldNotContain(Address);
    }

    private sealed record Holder(Pin Pin, PinGuess Guess);
}
