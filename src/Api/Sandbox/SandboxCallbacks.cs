using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using OtpPipeline.Api.OpenApi;
using OtpPipeline.Api.Requests;
using OtpPipeline.Api.Responses;
using OtpPipeline.Api.Security;
using OtpPipeline.Core.Database;
using OtpPipeline.Core.Formats;
using OtpPipeline.Core.Sandbox;
using OtpPipeline.Core.Secrets;

namespace OtpPipeline.Api.Sandbox;

/// <summary>What the sandbox's receiver got.</summary>
/// <param name="Path">Path of the request.</param>
/// <param name="Headers">webhook-id, webhook-timestamp and webhook-signature, as far as they came.</param>
/// <param name="Body">As it came, for a check of its signature.</param>
/// <param name="ReceivedAt">When it came.</param>
public sealed record SandboxCallbackAnswer(
    string Path, IReadOnlyDictionary<string, string> Headers, string Body,
    [property: JsonConverter(typeof(MomentConverter))] DateTime ReceivedAt);

/// <summary>A subscriber for whoever has none yet: takes callbacks like one and shows them.</summary>
internal static class SandboxCallbacks
{
    private const string Receiver = "/sandbox/callbacks";
    private const int MaxCallbacks = 100;
    private static readonly string[] Shown = ["webhook-id", "webhook-timestamp", "webhook-signature", "user-agent", "content-type"];

    public static void MapSandboxCallbacks(this IEndpointRouteBuilder routes)
    {
        routes.MapPost(Receiver + "/{**rest}", ReceiveAsync).WithTags("Sandbox").ExcludeFromDescription();
        routes.MapGet(Receiver, ReadAsync).RequireAuthorization(ApiKeys.OtpScope).WithTags("Sandbox").WithName("readSandboxCallbacks")
            .WithErrors([.. CommonErrors.OfCallers, ApiErrors.SandboxOtpMissing]);
    }

    private static async Task<IResult> ReceiveAsync(
        HttpContext http, IDbContextFactory<OtpDbContext> contexts, ISandboxStore store, OtpSecrets secrets,
        CancellationToken cancellationToken)
    {
        var body = await JsonBody.ReadAsync(
            http.Request, static json => (Text: json.GetRawText(), OtpId: OtpIdOf(json)), cancellationToken);
        if (body.Error is { } unreadable)
        {
            return new ErrorResult(unreadable);
        }

        if (body.Value.OtpId is not { } otpId)
        {
            return new ErrorResult(ApiErrors.CallbackUnreadable);
        }

        var text = body.Value.Text;
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);

        // Anybody may post here: the answer must not tell which OTPs exist.
        if (!await context.Otps.AnyAsync(o => o.Id == otpId, cancellationToken))
        {
            return TypedResults.NoContent();
        }

        var headers = Shown.Where(http.Request.Headers.ContainsKey)
            .ToDictionary(h => h, h => http.Request.Headers[h].ToString(), StringComparer.Ordinal);
        var id = Guid.CreateVersion7();
        var content = secrets.EncryptSandboxCallback(id, new SandboxCallbackContent(http.Request.Path, headers, text));
        await store.InsertCallbackAsync(id, otpId, content, cancellationToken);
        return TypedResults.NoContent();
    }

    /// <summary>Read what the sandbox's own subscriber received</summary>
    /// <remarks>
    /// POST /sandbox/callbacks and every path below it is a subscriber to name in otpCallbackUrl. Newest first; only of the caller's own
    /// OTPs, for 15 minutes unless configured otherwise.
    /// </remarks>
    /// <param name="otpId">Id of the OTP.</param>
    internal static async Task<Results<JsonAnswer<IReadOnlyList<SandboxCallbackAnswer>>, ErrorResult>> ReadAsync(
        string? otpId, HttpContext http, IDbContextFactory<OtpDbContext> contexts, OtpSecrets secrets,
        IOptions<SandboxOptions> options, CancellationToken cancellationToken)
    {
        if (!Guid.TryParseExact(otpId, "D", out var id))
        {
            return new ErrorResult(ApiErrors.SandboxOtpMissing);
        }

        var (applicationId, isTest) = (http.Caller().Application.Id, http.Caller().Application.IsTest);
        var seconds = options.Value.Retention.TotalSeconds;
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
#pragma warning disable RS0030 // Inside a query it is the database's clock.
        var rows = await context.SandboxCallbacks.AsNoTracking()
            .Where(c => c.OtpId == id && c.ReceivedAt > DateTime.UtcNow.AddSeconds(-seconds)
                && context.Otps.Any(o => o.Id == id && o.ApplicationId == applicationId && o.IsTest == isTest))
            .OrderByDescending(c => c.ReceivedAt).ThenByDescending(c => c.Id)
            .Take(MaxCallbacks)
            .ToListAsync(cancellationToken);
#pragma warning restore RS0030
        IReadOnlyList<SandboxCallbackAnswer> callbacks =
        [
            .. rows.Select(row => (Row: row, Content: secrets.DecryptSandboxCallback(row)))
                .Select(c => new SandboxCallbackAnswer(c.Content.Path, c.Content.Headers, c.Content.Body, c.Row.ReceivedAt)),
        ];
        return new JsonAnswer<IReadOnlyList<SandboxCallbackAnswer>>(callbacks, SandboxJson.Plain.IReadOnlyListSandboxCallbackAnswer);
    }

    private static Guid? OtpIdOf(JsonElement json) =>
        json.TryGetProperty("data", out var data)
        && data.ValueKind == JsonValueKind.Array
        && data.EnumerateArray().FirstOrDefault() is { ValueKind: JsonValueKind.Object } otp
        && otp.TryGetProperty("otpId", out var id)
        && id.ValueKind == JsonValueKind.String
        && id.TryGetGuid(out var value)
            ? value
            : null;
}
