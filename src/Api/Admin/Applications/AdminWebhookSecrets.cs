using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using OtpPipeline.Api.OpenApi;
using OtpPipeline.Api.Requests;
using OtpPipeline.Api.Responses;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Database;
using OtpPipeline.Core.Secrets;

namespace OtpPipeline.Api.Admin.Applications;

/// <summary>The secrets that sign an application's callbacks: add the second, tell the subscriber, drop the first.</summary>
internal static class AdminWebhookSecrets
{
    private const string All = AdminApplications.One + "/webhook-secrets";

    public static void MapAdminWebhookSecrets(this RouteGroupBuilder applications)
    {
        applications.MapPost(All, CreateAsync).WithName("adminCreateWebhookSecret")
            .WithErrors(AdminErrors.NoApplication, AdminErrors.IsRevoked, AdminErrors.WebhookSecretsFull);
        applications.MapDelete(All + "/{secretId}", DropAsync).WithName("adminDropWebhookSecret").WithErrors(AdminErrors.NoWebhookSecret);
    }

    /// <summary>A new row and the secret in clear.</summary>
    public static (WebhookSecret Row, string Text) New(Guid applicationId, OtpSecrets secrets, DateTime now)
    {
        var (text, bytes) = Credentials.NewWebhookSecret();
        var id = Guid.CreateVersion7();
        return (new() { Id = id, ApplicationId = applicationId, Secret = secrets.EncryptWebhookSecret(id, bytes), CreatedAt = now }, text);
    }

    /// <summary>Add a webhook secret</summary>
    /// <remarks>It is shown this once. Two sign at once, so that a subscriber can change from one to the other.</remarks>
    /// <param name="applicationId">Id of the application.</param>
    internal static async Task<Results<CreatedAnswer<AdminWebhookSecretCreated>, ProblemResult>> CreateAsync(
        string applicationId, HttpContext http, IDbContextFactory<OtpDbContext> contexts, OtpSecrets secrets, TimeProvider time,
        CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        if (await AdminApplications.FindAsync(context, applicationId, cancellationToken) is not { } application)
        {
            return new ProblemResult(AdminErrors.NoApplication);
        }

        if (application.RevokedAt is not null)
        {
            return new ProblemResult(AdminErrors.IsRevoked);
        }

        if (await context.WebhookSecrets.CountAsync(s => s.ApplicationId == application.Id, cancellationToken) >= WebhookSecret.ValidAtOnce)
        {
            return new ProblemResult(AdminErrors.WebhookSecretsFull);
        }

        var (row, text) = New(application.Id, secrets, time.GetUtcNow().UtcDateTime);
        context.Add(row);
        await context.SaveChangesAsync(cancellationToken);
        AdminChanges.Note(http, row.Id);
        return new CreatedAnswer<AdminWebhookSecretCreated>(new(row.Id, text), AdminApplicationJson.Plain.AdminWebhookSecretCreated);
    }

    /// <summary>Drop a webhook secret</summary>
    /// <remarks>Callbacks are no longer signed with it.</remarks>
    /// <param name="applicationId">Id of the application.</param>
    /// <param name="secretId">Id of the secret.</param>
    internal static async Task<Results<NoContent, ProblemResult>> DropAsync(
        string applicationId, string secretId, IDbContextFactory<OtpDbContext> contexts, CancellationToken cancellationToken)
    {
        if (!DashedId.TryParse(applicationId, out var application) || !DashedId.TryParse(secretId, out var id))
        {
            return new ProblemResult(AdminErrors.NoWebhookSecret);
        }

        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var dropped = await context.WebhookSecrets.Where(s => s.Id == id && s.ApplicationId == application)
            .ExecuteDeleteAsync(cancellationToken);
        return dropped > 0 ? TypedResults.NoContent() : new ProblemResult(AdminErrors.NoWebhookSecret);
    }
}
