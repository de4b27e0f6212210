using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using OtpPipeline.Api.CompatibleApis.Perfumerlabs.Messages;
using OtpPipeline.Api.Requests;
using OtpPipeline.Api.Responses;
using OtpPipeline.Api.Security;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Applications.Lookup;

namespace OtpPipeline.Api.CompatibleApis.Perfumerlabs;

/// <summary>Authenticates the caller, by the one pair of HTTP Basic or as Telegram. Both act for the one application.</summary>
internal sealed partial class PerfumerlabsCaller(
    IOptions<PerfumerlabsOptions> options, ApplicationDirectory directory, RequestAdmission admission, ILogger<PerfumerlabsCaller> logger)
{
    private const string TelegramToken = "X-Telegram-Bot-Api-Secret-Token";
    private readonly PerfumerlabsOptions _options = options.Value;
    private int _warned;

    /// <summary>The application, or the answer that refuses the call.</summary>
    private async Task<(Application? Application, IResult? Refused)> FindAsync(HttpContext http)
    {
        if (_options.Username is not null && !http.Request.IsHttps && Interlocked.Exchange(ref _warned, 1) == 0)
        {
            Log.WithoutHttps(logger);
        }

        var known = _options.Username is null
            || (BasicCredentials.TryRead(http.Request, out var pair) & Matches(pair.Name, _options.Username) & Matches(pair.Password, _options.Password));
        var found = await AdmitAsync(http, known, id => id);
        if (!known && found.Refused is null)
        {
            http.Response.Headers.WWWAuthenticate = BasicCredentials.Challenge;
            return (
                null,
                PerfumerlabsAnswers.Refused("The user name or the password is missing or not valid", StatusCodes.Status401Unauthorized));
        }

        return found;
    }

    /// <summary>The application and the fields of the request, or the answer that refuses the call.</summary>
    public async Task<(
        Application? Application, PerfumerlabsFields? Fields,
        IResult? Refused)> ReadAsync(HttpContext http, CancellationToken cancellationToken)
    {
        var (application, refused) = await FindAsync(http);
        if (application is null)
        {
            return (null, null, refused);
        }

        var fields = await PerfumerlabsFields.ReadAsync(http.Request, cancellationToken);
        return fields.Error is { } unreadable
            ? (null, null, PerfumerlabsAnswers.Refused(unreadable.Message))
            : (application, fields.Value, null);
    }

    /// <summary>The application for the webhook, which Telegram authenticates with its own token.</summary>
    public async Task<(Application? Application, IResult? Refused)> FindTelegramAsync(HttpContext http)
    {
        var header = http.Request.Headers[TelegramToken];
        var known = (header.Count == 1) & Matches(header.ToString(), _options.TelegramSecretToken);

        // Any Telegram user can write to a bot: its messages have a separate budget, so that they never use up the callers' requests.
        var found = await AdmitAsync(http, known, id => RequestAdmission.Apart(id, RequestAdmission.TelegramMessages));
        return !known && found.Refused is null
            ? (null, PerfumerlabsAnswers.Refused("The secret token is missing or not valid", StatusCodes.Status401Unauthorized))
            : found;
    }

    private async Task<(Application? Application, IResult? Refused)> AdmitAsync(HttpContext http, bool known, Func<Guid, Guid> bucket)
    {
        if (_options.ApplicationId is not { } id)
        {
            return (null, new ErrorResult(ApiErrors.PathNotFound));
        }

        if (!directory.IsLoaded)
        {
            return (null, new ErrorResult(ApiErrors.StoreAway));
        }

        var application = await directory.FindAsync(id, http.RequestAborted);
        if (await admission.CountAsync(http, known && application is not null ? new(application, id, []) { CountedAs = bucket(id) } : null) is { } tooMany)
        {
            return (null, new ErrorResult(tooMany));
        }

        return !known ? (null, null)
            : application is null ? (null, PerfumerlabsAnswers.Refused("There is no such application", StatusCodes.Status404NotFound))
            : !application.Active ? (null, PerfumerlabsAnswers.Refused("The application is not active", StatusCodes.Status403Forbidden))
            : (application, null);
    }

    // Hashes have equal length, so the comparison takes the same time for any guess.
    private static bool Matches(string? given, string? expected) =>
        CryptographicOperations.FixedTimeEquals(
            SHA256.HashData(Encoding.UTF8.GetBytes(given ?? "")), SHA256.HashData(Encoding.UTF8.GetBytes(expected ?? "")));

    private static partial class Log
    {
        [LoggerMessage(
            Level = LogLevel.Warning,
            Message = "HTTP Basic of Perfumerlabs comes without HTTPS: everybody on the way can read its password")]
        public static partial void WithoutHttps(ILogger logger);
    }
}
