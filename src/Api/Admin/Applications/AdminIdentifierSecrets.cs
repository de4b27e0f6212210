using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using OtpPipeline.Api.Responses;
using OtpPipeline.Core.Applications.Identifiers;
using OtpPipeline.Core.Database;
using OtpPipeline.Core.Secrets;

namespace OtpPipeline.Api.Admin.Applications;

/// <summary>The secrets of identifiers: a new one, and the end of the one before.</summary>
internal static class AdminIdentifierSecrets
{
    /// <summary>Give an identifier a new secret</summary>
    /// <remarks>
    /// It is shown this once. The secret before stays valid until it is dropped or another one is made; the body may be missing.
    /// </remarks>
    /// <param name="applicationId">Id of the application.</param>
    /// <param name="identifierId">Id of the identifier.</param>
    internal static async Task<Results<CreatedAnswer<AdminIdentifierCreated>, ProblemResult>> RotateAsync(
        string applicationId, string identifierId, HttpContext http, IDbContextFactory<OtpDbContext> contexts, OtpSecrets secrets,
        TimeProvider time, CancellationToken cancellationToken)
    {
        var body = await AdminBody.ReadOptionalAsync(http, cancellationToken);
        if (body.Error is { } unreadable)
        {
            return new ProblemResult(unreadable);
        }

        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        if (await AdminIdentifiers.FindAsync(context, applicationId, identifierId, cancellationToken) is not { } row)
        {
            return new ProblemResult(AdminErrors.NoIdentifier);
        }

        if (!IdentifierRules.For(row.Kind).HasSecret)
        {
            return new ProblemResult(AdminErrors.HasNoSecret);
        }

        var problems = new List<ProblemField>();
        var fields = new FieldReader(body.Value, problems);
        var secret = fields.Text("secret", Credentials.NewSecret(), IdentifierRules.Secret, nullable: false);
        fields.End();
        if (problems.Count > 0)
        {
            return new ProblemResult(AdminErrors.FieldsInvalid, problems);
        }

        (row.PreviousSecretHash, row.SecretHash) = (row.SecretHash, secrets.HashIdentifierSecret(row.Id, secret!));
        row.UpdatedAt = time.GetUtcNow().UtcDateTime;
        await context.SaveChangesAsync(cancellationToken);
        return AdminIdentifiers.Shown(row, key: null, secret);
    }

    /// <summary>Drop the secret before the last change</summary>
    /// <remarks>Access tokens that were asked for with it end too.</remarks>
    /// <param name="applicationId">Id of the application.</param>
    /// <param name="identifierId">Id of the identifier.</param>
    internal static async Task<Results<NoContent, ProblemResult>> DropPreviousAsync(
        string applicationId, string identifierId, IDbContextFactory<OtpDbContext> contexts, TimeProvider time,
        CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        if (await AdminIdentifiers.FindAsync(context, applicationId, identifierId, cancellationToken) is not { } row)
        {
            return new ProblemResult(AdminErrors.NoIdentifier);
        }

        row.PreviousSecretHash = null;
        row.UpdatedAt = time.GetUtcNow().UtcDateTime;
        await context.SaveChangesAsync(cancellationToken);
        return TypedResults.NoContent();
    }
}
