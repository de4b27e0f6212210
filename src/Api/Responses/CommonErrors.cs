using System.Net;
using System.Reflection;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Recipients;

namespace OtpPipeline.Api.Responses;

/// <summary>Errors that many endpoints share.</summary>
internal static class CommonErrors
{
    /// <summary>Errors whose message contains a value, with an example value.</summary>
    public static readonly OtpError CallbackNetworkRefused = OtpErrors.CallbackNetworkRefused(IPNetwork.Parse("10.0.0.0/8"));
    public static readonly OtpError TooManyInAnHour = OtpErrors.TooManyInAnHour(TimeSpan.FromHours(1));
    public static readonly OtpError TooManyInADay = OtpErrors.TooManyInADay(TimeSpan.FromHours(8));
    public static readonly OtpError TooSoon = OtpErrors.TooSoon(TimeSpan.FromMinutes(1));
    public static readonly OtpError CoolingOff = OtpErrors.CoolingOff(TimeSpan.FromHours(1));

    public static readonly OtpError StepChannelInvalid = OtpErrors.StepChannelInvalid(1);
    public static readonly OtpError StepWaitInvalid = OtpErrors.StepWaitInvalid(1);
    public static readonly OtpError StepRecipientInvalid = OtpErrors.StepRecipientInvalid(1, Channel.Email);
    public static readonly OtpError StepNotServed = OtpErrors.StepNotServed(1);
    public static readonly OtpError ResendTooSoon = OtpErrors.ResendTooSoon(TimeSpan.FromSeconds(30));

    /// <summary>Errors of every call with an API key or an access token.</summary>
    public static readonly OtpError[] OfCallers =
        [ApiErrors.KeyInvalid, ApiErrors.TokenInvalid, ApiErrors.ScopeMissing, ApiErrors.TokenScopeMissing, .. OfTheServer];

    /// <summary>Errors of every call with the operator's key.</summary>
    public static readonly OtpError[] OfOperators = [ApiErrors.AdminKeyInvalid, ApiErrors.PathNotFound, .. OfTheServer];

    /// <summary>Errors of every call that reads JSON.</summary>
    public static readonly OtpError[] OfBodies =
    [
        ApiErrors.MediaType, ApiErrors.BodyUnreadable, OtpErrors.BodyEmpty, OtpErrors.BodyNotJson, OtpErrors.BodyNotText,
        OtpErrors.BodyNoObject, OtpErrors.FieldRepeated, OtpErrors.BodyTooLarge, ApiErrors.ContentCoding,
    ];

    /// <summary>Errors of a request for an OTP with invalid fields.</summary>
    public static readonly OtpError[] OfRequests =
    [
        .. Of(typeof(OtpErrors)).Select(e => e.Error).Where(
            e => e.Type is "invalid_param" && e.Kind is not (ErrorKind.PinMissing or ErrorKind.ResendOptionInvalid)),
        CallbackNetworkRefused, StepChannelInvalid, StepWaitInvalid, StepRecipientInvalid, StepNotServed,
    ];

    /// <summary>Errors of every call.</summary>
    public static OtpError[] OfTheServer => [OtpErrors.TooManyRequests, ApiErrors.ServerError, ApiErrors.StoreAway];

    /// <summary>The errors that a class declares, with their names.</summary>
    public static IEnumerable<(string Name, OtpError Error)> Of(Type type) =>
        from field in type.GetFields(BindingFlags.Public | BindingFlags.Static)
        where field.FieldType == typeof(OtpError)
        select (field.Name, (OtpError)field.GetValue(null)!);
}
