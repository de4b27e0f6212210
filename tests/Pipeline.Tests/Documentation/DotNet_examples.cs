using System.Security.Cryptography;
using System.Text;
using MassTransit;
using OtpPipeline.Contracts;
using OtpPipeline.Pipeline.Tests.Harness;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Documentation;

/// <summary>Holds the lines of the pages' .NET examples, letter by letter, and runs them.</summary>
[Collection(nameof(DocumentedPipeline))]
public sealed class DotNet_examples(DocumentedPipeline documented)
{
    [Fact]
    public void Of_callbacks_verify_a_signature()
    {
        var (now, old) = (Signature.Now, Signature.Old);

        Verify(Signature.Secret, Signature.Id, now, Signature.From(now), Encoding.UTF8.GetBytes(Signature.Body)).ShouldBeTrue();
        Verify(Signature.Secret, Signature.Id, now, Signature.From(now), Encoding.UTF8.GetBytes(Signature.Body + " ")).ShouldBeFalse();
        Verify(Signature.Secret, Signature.Id, old, Signature.From(old), Encoding.UTF8.GetBytes(Signature.Body)).ShouldBeFalse();
    }

    [Fact]
    public async Task Of_the_bus_request_an_OTP_and_read_its_events()
    {
        var (pipeline, _) = await documented.GetAsync();

        await new GuardedClient().RunAsync(
            pipeline.Broker, "guest", pipeline.ApplicationId, bus => RequestAsync(
                bus, pipeline.ApplicationId), id => pipeline.Client.CancelAsync(id));
    }

    private static async Task<Guid> RequestAsync(IBus bus, Guid applicationId)
    {
        var answer = await bus.CreateRequestClient<RequestOtp>()
            .GetResponse<OtpAccepted, OtpRejected>(new RequestOtp(applicationId, PhoneNumber: "+33612246421"));
        if (answer.Is(out Response<OtpRejected>? no)) { Console.WriteLine(no.Message.Message); }

        answer.Is(out Response<OtpAccepted>? accepted).ShouldBeTrue();
        return accepted!.Message.OtpId;
    }

#pragma warning disable IDE0011, CA1305, MA0011 // The page's own lines.
    private static bool Verify(string secret, string id, string timestamp, string signatures, byte[] body)
    {
        if (Math.Abs(DateTimeOffset.UtcNow.ToUnixTimeSeconds() - long.Parse(timestamp)) > 300) return false;
        byte[] text = [.. Encoding.UTF8.GetBytes($"{id}.{timestamp}."), .. body];
        var expected = Encoding.UTF8.GetBytes(
            "v1," + Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(secret["whsec_".Length..]), text)));
        return signatures.Split(' ').Any(given => CryptographicOperations.FixedTimeEquals(expected, Encoding.UTF8.GetBytes(given)));
    }
#pragma warning restore IDE0011, CA1305, MA0011
}
