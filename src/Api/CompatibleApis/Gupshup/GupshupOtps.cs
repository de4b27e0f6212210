using System.Diagnostics;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Bodies;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Messages;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Otps.Intake;
using OtpPipeline.Core.Otps.Requests;
using OtpPipeline.Core.Otps.Sending;
using OtpPipeline.Core.Otps.Verification;
using OtpPipeline.Core.Recipients;

namespace OtpPipeline.Api.CompatibleApis.Gupshup;

/// <summary>Sends and verifies OTPs for every variant. Callers know no id, so a recipient has one live code per application.</summary>
internal sealed class GupshupOtps(OtpIntake intake, OtpResend resend, OtpCheck check)
{
    private const string Place = "gupshup";

    // A further round is needed only when a concurrent call sent, verified or cancelled between two reads.
    private const int Rounds = 8;

    /// <summary>Sends a live code again unchanged; otherwise makes a new one.</summary>
    public async Task<GupshupOutcome> SendAsync(
        Application application, GupshupRules rules, Recipient recipient, CancellationToken cancellationToken)
    {
        var lookup = new OtpLookup(Place, recipient);
        for (var round = 0; round < Rounds; round++)
        {
            var last = await resend.FindLastAsync(application, lookup, cancellationToken);
            if (last is { Status: OtpStatus.Pending })
            {
                var command = new ResendCommand(
                    application, last.Id, TraceParent: Activity.Current?.Id) { RetryPeriod = rules.RetryPeriod };
                var error = (await resend.ResendAsync(command, cancellationToken)).Error;
                if (error?.Group is not (ErrorKind.AlreadyVerified or ErrorKind.Cancelled or ErrorKind.Expired or ErrorKind.Failed
                    or ErrorKind.NotFound))
                {
                    return error is null ? new(GupshupCodes.SentAgain, last.Id) : Refused(error);
                }

                continue;
            }

            var made = await intake.RequestAsync(RequestFor(recipient), OptionsFor(application, rules, lookup), cancellationToken);
            if (made.Error is null)
            {
                return new(last is { Status: OtpStatus.Expired } ? GupshupCodes.SentAfterExpiry : GupshupCodes.Sent, made.Value.Otp.Id);
            }

            if (made.Error != OtpErrors.StillLive)
            {
                return Refused(made.Error);
            }
        }

        return GupshupCodes.TooSoon;
    }

    /// <summary>Checks the guess, if there is one, against the live code.</summary>
    public async Task<GupshupOutcome> VerifyAsync(
        Application application, Recipient recipient, JsonField code, CancellationToken cancellationToken)
    {
        // An empty or malformed code does not count as a guess.
        if (code.Text?.Trim() is not { Length: > 0 } guess)
        {
            return GupshupCodes.CodeInvalid;
        }

        var lookup = new OtpLookup(Place, recipient);
        var error = await check.CheckAsync(application, lookup, new(guess, code.WasNumber), Activity.Current?.Id, cancellationToken);
        if (error is not null && error != OtpErrors.NotFound)
        {
            return GupshupCodes.OfVerification(error);
        }

        var last = await resend.FindLastAsync(application, lookup, cancellationToken);
        return error is null ? new GupshupOutcome(GupshupCodes.Matched, last?.Id) : GupshupCodes.OfLast(last);
    }

    private static GupshupOutcome Refused(OtpError error) => new(GupshupCodes.OfSending(error), RetryAfter: error.RetryAfter);

    /// <summary>The options set what the application leaves to a request; the request has valid placeholders there.</summary>
    private static OtpRequest RequestFor(Recipient recipient) => new()
    {
        Channel = new((recipient.Kind == RecipientKind.Email ? Channel.Email : Channel.Sms).Text()),
        PhoneNumber = new(recipient.Address),
        Email = new(recipient.Address),
        Template = new(MessageText.Placeholder),
        PinType = new("numbers"),
    };

    private static RequestOptions OptionsFor(Application application, GupshupRules rules, OtpLookup lookup) =>
        new(application, TraceParent: Activity.Current?.Id)
    {
        WriteMessage = rules.Write,
        PinPolicy = rules.Code,
        MaxAttempts = rules.Attempts,
        Ttl = rules.Expiry,
        RetryPeriod = rules.RetryPeriod,
        Lookup = lookup,
        OneLive = true,
    };
}
