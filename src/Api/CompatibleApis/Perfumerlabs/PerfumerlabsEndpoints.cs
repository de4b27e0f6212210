using System.Text.Json.Serialization;
using OtpPipeline.Api.CompatibleApis.Perfumerlabs.Messages;
using OtpPipeline.Api.OpenApi;
using OtpPipeline.Api.Responses;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Otps.Intake;
using OtpPipeline.Core.Otps.Verification;
using OtpPipeline.Core.Recipients;

namespace OtpPipeline.Api.CompatibleApis.Perfumerlabs;

/// <summary>What POST /sms, /call and /telegram take.</summary>
public sealed record PerfumerlabsSendBody(
    string? Phone, [property: JsonPropertyName("chat_id")] string? ChatId, string Password, int Lifetime, string? Message, string? Ip);

/// <summary>What POST /email takes.</summary>
public sealed record PerfumerlabsEmailBody(
    string Email, string Password, int Lifetime, string Subject, string? Text, string? Html, string? Ip);

/// <summary>What the checks take.</summary>
public sealed record PerfumerlabsCheckBody(
    string? Phone, string? Email, [property: JsonPropertyName("chat_id")] string? ChatId, string Password);

/// <summary>What POST /limit/... takes.</summary>
public sealed record PerfumerlabsLimitBody(
    IReadOnlyList<PerfumerlabsWindow>? Ips, IReadOnlyList<PerfumerlabsWindow>? Phones, IReadOnlyList<PerfumerlabsWindow>? Emails);

/// <summary>So many sends in so many minutes.</summary>
public sealed record PerfumerlabsWindow(int Minutes, int Rate);

/// <summary>What GET /target takes.</summary>
public sealed record PerfumerlabsTargetBody(string Password, string Channel);

/// <summary>What GET /password takes.</summary>
public sealed record PerfumerlabsPasswordBody(string Target);

internal static class PerfumerlabsEndpoints
{
    public static void Map(IEndpointRouteBuilder routes, PerfumerlabsOptions options)
    {
        foreach (var channel in PerfumerlabsChannel.All)
        {
            MapChannel(routes, channel);
        }

        Describe(
            routes.MapGet("/target", FindTarget.HandleAsync), "perfumerlabsTarget", "Find whose password this is",
            "Consumes it. More than 20 misses a minute are refused.", typeof(PerfumerlabsTargetBody));
        if (options.AllowPasswordReadback)
        {
            Describe(
                routes.MapGet("/password", ReadPassword.HandleAsync), "perfumerlabsPassword", "Read the last live password",
                "Of a phone number, an e-mail address or a chat.", typeof(PerfumerlabsPasswordBody));
        }

        if (!string.IsNullOrEmpty(options.TelegramSecretToken))
        {
            Describe(
                routes.MapPost("/telegram/webhook", TelegramWebhook.HandleAsync), "perfumerlabsWebhook", "Take an update of Telegram",
                "Needs Telegram's secret token instead of HTTP Basic. Any message of a user in a private chat is answered with a code.",
                body: null);
        }
    }

    private static void MapChannel(IEndpointRouteBuilder routes, PerfumerlabsChannel channel)
    {
        Describe(
            routes.MapPost(
                $"/{channel.Name}",
                (HttpContext http, PerfumerlabsCaller caller, OtpIntake intake, CancellationToken cancellationToken) => SendCode.HandleAsync(channel, http, caller, intake, cancellationToken)),
            $"perfumerlabs{channel.Channel}", $"Send a password by {channel.Name}",
            "True as soon as it is stored with the order to send it.",
            channel == PerfumerlabsChannel.Email ? typeof(PerfumerlabsEmailBody) : typeof(PerfumerlabsSendBody));
        Describe(
            routes.MapGet(
                $"/{channel.Name}/check",
                (HttpContext http, PerfumerlabsCaller caller, OtpCheck check, CancellationToken cancellationToken) => CheckCode.HandleAsync(channel, http, caller, check, cancellationToken)),
            $"perfumerlabs{channel.Channel}Check", "Check a password", "False is HTTP 200 too. The fields may come in the body or in " +
            "the query.", typeof(PerfumerlabsCheckBody));
        if (channel.Limits is not null)
        {
            Describe(
                routes.MapPost(
                    $"/limit/{channel.Name}",
                    (HttpContext http, PerfumerlabsCaller caller, SendLimits limits, CancellationToken cancellationToken) => ChangeLimits.HandleAsync(channel, http, caller, limits, cancellationToken)),
                $"perfumerlabs{channel.Channel}Limit", "Set the limits", "A list replaces that whole set, an empty one clears it, a " +
                "missing one leaves it.", typeof(PerfumerlabsLimitBody));
        }
    }

    private static void Describe(RouteHandlerBuilder endpoint, string name, string summary, string description, Type? body) =>
        (body is null ? endpoint : endpoint.Takes(body)).DescribeCompatibleApi(
            name, summary, description,
            Shown(
                200, "Done; or false for a password that is not right",
                ("true", PerfumerlabsAnswers.Done()), ("false", PerfumerlabsAnswers.Wrong())),
            Shown(
                400, "A field is missing or wrong, or a limit is reached",
                ("missing", PerfumerlabsAnswers.Refused("\"password\" parameter must be set")),
                ("limit", SendLimits.Reached(PerfumerlabsChannel.All[0], OtpErrors.RecipientWindowFull))),
            Shown(401, "Wrong credentials", ("credentials", Refused(401, ApiErrors.KeyInvalid))),
            Shown(429, "Too many requests", ("requests", Refused(429, OtpErrors.TooManyRequests))),
            Shown(500, "The server failed", ("failed", Refused(500, ApiErrors.ServerError))),
            Shown(503, "The database is unavailable", ("unavailable", Refused(503, ApiErrors.StoreAway))));

    private static ShownAnswer Shown(int status, string text, params (string, IResult)[] examples) =>
        new(status, text, typeof(PerfumerlabsAnswer), examples);

    private static IResult Refused(int status, OtpError error) =>
        PerfumerlabsAnswers.Refused(PerfumerlabsApi.Sentence(status, error), status);
}
