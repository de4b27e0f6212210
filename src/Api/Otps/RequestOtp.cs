using System.Diagnostics;
using Microsoft.AspNetCore.Http.HttpResults;
using OtpPipeline.Api.Requests;
using OtpPipeline.Api.Responses;
using OtpPipeline.Api.Security;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Otps.Intake;
using OtpPipeline.Core.Otps.Reading;
using OtpPipeline.Core.Otps.Requests;

namespace OtpPipeline.Api.Otps;

/// <summary>POST /otp.</summary>
internal static class RequestOtp
{
    public static readonly OtpError[] Errors =
    [
        .. CommonErrors.OfRequests, OtpErrors.NoCoverage, OtpErrors.PremiumNumber, OtpErrors.SpendingLimit, OtpErrors.SandboxOff,
        OtpErrors.IdempotencyKeyReused, OtpErrors.IdempotencyKeyInFlight, CommonErrors.TooManyInAnHour, CommonErrors.TooManyInADay,
        CommonErrors.TooSoon, CommonErrors.CoolingOff,
    ];

    /// <summary>Request an OTP</summary>
    /// <remarks>201 means that the OTP and its delivery are stored durably.</remarks>
    public static async Task<Results<CreatedAnswer<OtpAnswer>, ErrorResult>> HandleAsync(
        HttpContext http, OtpIntake intake, CancellationToken cancellationToken)
    {
        var body = await JsonBody.ReadAsync(http.Request, OtpRequest.Read, cancellationToken);
        if (body.Error is { } unreadable)
        {
            return new ErrorResult(unreadable);
        }

        var key = IdempotencyHeader.Read(http.Request);
        if (key.Error is { } wrongKey)
        {
            return new ErrorResult(wrongKey);
        }

        var otp = await intake.RequestAsync(body.Value, new(http.Caller().Application, key.Value, Activity.Current?.Id), cancellationToken);
        if (otp.Error is { } error)
        {
            return new ErrorResult(error);
        }

        http.Response.Headers.Location = $"{http.Request.Path}/{otp.Value.Otp.Id:D}";
        return new CreatedAnswer<OtpAnswer>(
            OtpAnswer.CreateFirst(otp.Value) with { Warnings = body.Value.Warnings }, OtpResponseJson.Plain.OtpAnswer);
    }
}
