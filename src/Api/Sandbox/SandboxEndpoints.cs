using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using OtpPipeline.Api.OpenApi;
using OtpPipeline.Api.Responses;
using OtpPipeline.Api.Security;
using OtpPipeline.Core.Database;
using OtpPipeline.Core.Formats;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Pins;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Core.Sandbox;
using OtpPipeline.Core.Secrets;

namespace OtpPipeline.Api.Sandbox;

/// <summary>What the sandbox would have sent.</summary>
public sealed record SandboxMessageAnswer(
    string Channel, string Recipient, string Text, string Pin, [property: JsonConverter(typeof(MomentConverter))] DateTime SentAt);

/// <summary>GET /sandbox/messages, where the sandbox is enabled: what it would have sent to a recipient, newest first.</summary>
internal static class SandboxEndpoints
{
    private const int MaxMessages = 100;

    public static void MapSandbox(this WebApplication app)
    {
        if (!app.Services.GetRequiredService<IOptions<SandboxOptions>>().Value.Enabled)
        {
            return;
        }

        app.MapGet("/sandbox/messages", ReadAsync).RequireAuthorization(ApiKeys.OtpScope).WithTags("Sandbox")
            .WithName("readSandboxMessages").WithErrors(
                [.. CommonErrors.OfCallers, ApiErrors.SandboxRecipientMissing, ApiErrors.SandboxRecipientInvalid]);
        app.MapSandboxCallbacks();
    }

    /// <summary>Read what the sandbox would have sent</summary>
    /// <remarks>Newest first; only the caller's own messages, for 15 minutes unless configured otherwise.</remarks>
    /// <param name="recipient">Phone number, e-mail address or chat id.</param>
    internal static async Task<Results<JsonAnswer<IReadOnlyList<SandboxMessageAnswer>>, ErrorResult>> ReadAsync(
        string? recipient, HttpContext http, IDbContextFactory<OtpDbContext> contexts, OtpSecrets secrets,
        IOptions<SandboxOptions> options, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(recipient))
        {
            return new ErrorResult(ApiErrors.SandboxRecipientMissing);
        }

        var hashes = SandboxRecipient.Parse(recipient).Select(secrets.HashRecipient).ToArray();
        if (hashes.Length == 0)
        {
            return new ErrorResult(ApiErrors.SandboxRecipientInvalid);
        }

        var (applicationId, isTest) = (http.Caller().Application.Id, http.Caller().Application.IsTest);
        var seconds = options.Value.Retention.TotalSeconds;
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
#pragma warning disable RS0030 // Inside a query it is the database's clock.
        var rows = await context.SandboxMessages.AsNoTracking()
            .Where(m => m.ApplicationId == applicationId && m.IsTest == isTest && hashes.Contains(m.RecipientHash)
                && m.SentAt > DateTime.UtcNow.AddSeconds(-seconds))
            .OrderByDescending(m => m.SentAt).ThenByDescending(m => m.Id)
            .Take(MaxMessages)
            .ToListAsync(cancellationToken);
#pragma warning restore RS0030
        IReadOnlyList<SandboxMessageAnswer> messages =
        [
            .. rows.Select(row => (Row: row, Content: secrets.DecryptSandbox(row)))
                .Select(m => new SandboxMessageAnswer(m.Content.Channel, m.Content.Recipient, m.Content.Text, m.Content.Pin, m.Row.SentAt)),
        ];
        return new JsonAnswer<IReadOnlyList<SandboxMessageAnswer>>(messages, SandboxJson.Plain.IReadOnlyListSandboxMessageAnswer);
    }
}
