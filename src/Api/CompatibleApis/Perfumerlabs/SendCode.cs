using System.Diagnostics;
using System.Globalization;
using System.Net;
using OtpPipeline.Api.CompatibleApis.Perfumerlabs.Messages;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Bodies;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Otps.Intake;
using OtpPipeline.Core.Otps.Requests;
using OtpPipeline.Core.Recipients;

namespace OtpPipeline.Api.CompatibleApis.Perfumerlabs;

/// <summary>POST /sms, /call, /email and /telegram: the caller supplies the password, its lifetime and the text.</summary>
internal static class SendCode
{
    private const int MaxLifetime = 86_400;

    public static async Task<IResult> HandleAsync(
        PerfumerlabsChannel channel, HttpContext http, PerfumerlabsCaller caller, OtpIntake intake, CancellationToken cancellationToken)
    {
        var (application, fields, refused) = await caller.ReadAsync(http, cancellationToken);
        if (application is null || fields is null)
        {
            return refused!;
        }

        var (request, options, sentence) = Validate(channel, fields, application);
        if (sentence is not null)
        {
            return PerfumerlabsAnswers.Refused(sentence);
        }

        var otp = await intake.RequestAsync(request!, options!, cancellationToken);
        return otp.Error is { } error ? Refused(channel, http, error) : PerfumerlabsAnswers.Done();
    }

    /// <summary>The request for the intake, or the sentence for the first invalid field.</summary>
    /// <remarks>Missing fields are reported before wrong ones.</remarks>
    private static (OtpRequest? Request, RequestOptions? Options, string? Sentence) Validate(
        PerfumerlabsChannel channel, PerfumerlabsFields fields, Application application)
    {
        if (MessageFields.Missing(channel, fields) is { } missing)
        {
            return (null, null, missing);
        }

        if (channel.RecipientOf(fields, out var wrong) is not { } recipient)
        {
            return (null, null, wrong);
        }

        if (fields["password"].Text is not { } password || !PerfumerlabsFields.IsPrintable(password, 4, 64))
        {
            return (null, null, "\"password\" must have 4 to 64 printable characters");
        }

        var (message, unfit) = MessageFields.Read(channel, fields, password);
        if (message is null)
        {
            return (null, null, unfit);
        }

        if (fields["lifetime"].WholeFrom(1, MaxLifetime) is not { } lifetime)
        {
            return (null, null, "\"lifetime\" must be a whole number of seconds from 1 to 86400");
        }

        if (!TryAddress(fields["ip"], out var address))
        {
            return (null, null, "\"ip\" must be an IP address");
        }

        var options = new RequestOptions(application, TraceParent: Activity.Current?.Id)
        {
            Pin = password,
            Message = message,
            Ttl = lifetime,
            Lookup = channel.LookupOf(recipient),
            FindPinIn = channel.Place,
            Counted = SendLimits.From(application, channel, recipient, address),
        };
        return (channel.RequestFor(recipient, application.Settings), options, null);
    }

    /// <summary>The address by which sends are counted (IPv6: its /64); null where none is given.</summary>
    private static bool TryAddress(JsonField field, out string? address)
    {
        address = null;
        if (field.IsAbsent)
        {
            return true;
        }

        if (!IPAddress.TryParse(field.Text, out var ip) || field.WasNumber)
        {
            return false;
        }

        address = ClientNetwork.From(ip).ToString();
        return true;
    }

    private static IResult Refused(PerfumerlabsChannel channel, HttpContext http, OtpError error)
    {
        if (error.RetryAfter is { } wait)
        {
            http.Response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }

        return error.Group == ErrorKind.RateLimited ? SendLimits.Reached(channel, error)
            : error == OtpErrors.ChannelNotServed ? PerfumerlabsAnswers.Refused(
                $"The channel {channel.Name} is not configured on this server", StatusCodes.Status500InternalServerError)
            : PerfumerlabsAnswers.Refused(error.Message);
    }
}
