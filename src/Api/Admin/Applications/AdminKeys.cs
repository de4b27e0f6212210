using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using OtpPipeline.Api.OpenApi;
using OtpPipeline.Api.Requests;
using OtpPipeline.Api.Responses;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Database;
using OtpPipeline.Core.Secrets;

namespace OtpPipeline.Api.Admin.Applications;

/// <summary>The keys of an application: any number, so that each system has its own and one can be changed without a gap.</summary>
internal static class AdminKeys
{
    private const string Keys = AdminApplications.One + "/keys";
    private const string Key = Keys + "/{keyId}";

    public static void MapAdminKeys(this RouteGroupBuilder applications)
    {
        applications.MapPost(Keys, CreateAsync).WithName("adminCreateKey").Takes<KeyBody>(isOptional: true)
            .WithErrors(AdminErrors.NoApplication, AdminErrors.FieldsInvalid, AdminErrors.IsRevoked);
        applications.MapPatch(Key, ChangeAsync).WithName("adminChangeKey").Takes<KeyBody>()
            .WithErrors(AdminErrors.NoKey, AdminErrors.FieldsInvalid, AdminErrors.KeyIsRevoked);
        applications.MapDelete(Key, RevokeAsync).WithName("adminRevokeKey").WithErrors(AdminErrors.NoKey);
    }

    /// <summary>A new row and the key in clear.</summary>
    public static (ApiKey Row, string Text) New(
        Guid applicationId, OtpSecrets secrets, string[] scopes, DateTime? expiresAt, DateTime now, KeyKind kind = KeyKind.Live)
    {
        var text = Credentials.NewApiKey(kind == KeyKind.Test);
        var row = new ApiKey
        {
            Id = Guid.CreateVersion7(),
            ApplicationId = applicationId,
            Kind = kind,
            Prefix = Credentials.Prefix(text),
            Hash = secrets.HashApiKey(text),
            Scopes = scopes,
            CreatedAt = now,
            ExpiresAt = expiresAt,
        };
        return (row, text);
    }

    /// <summary>Make a key</summary>
    /// <remarks>It is shown this once. Without a body: a live key with the scope otp that does not expire.</remarks>
    /// <param name="applicationId">Id of the application.</param>
    internal static async Task<Results<CreatedAnswer<AdminKeyCreated>, ProblemResult>> CreateAsync(
        string applicationId, HttpContext http, IDbContextFactory<OtpDbContext> contexts, OtpSecrets secrets, TimeProvider time,
        CancellationToken cancellationToken)
    {
        var body = await AdminBody.ReadOptionalAsync(http, cancellationToken);
        if (body.Error is { } unreadable)
        {
            return new ProblemResult(unreadable);
        }

        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        if (await AdminApplications.FindAsync(context, applicationId, cancellationToken) is not { } application)
        {
            return new ProblemResult(AdminErrors.NoApplication);
        }

        var problems = new List<ProblemField>();
        var fields = new FieldReader(body.Value, problems);
        var kind = fields.Word<KeyKind>("kind", KeyKind.Live) ?? KeyKind.Live;
        var (scopes, expiresAt) = Read(fields, [Scopes.Otp], null);
        if (problems.Count > 0)
        {
            return new ProblemResult(AdminErrors.FieldsInvalid, problems);
        }

        if (application.RevokedAt is not null)
        {
            return new ProblemResult(AdminErrors.IsRevoked);
        }

        var (row, text) = New(application.Id, secrets, scopes, expiresAt, time.GetUtcNow().UtcDateTime, kind);
        context.Add(row);
        await context.SaveChangesAsync(cancellationToken);
        AdminChanges.Note(http, row.Id);
        return new CreatedAnswer<AdminKeyCreated>(new(AdminKey.From(row), text), AdminApplicationJson.Plain.AdminKeyCreated);
    }

    /// <summary>Change the scopes or the expiry of a key</summary>
    /// <remarks>Only what the body names is changed.</remarks>
    /// <param name="applicationId">Id of the application.</param>
    /// <param name="keyId">Id of the key.</param>
    internal static async Task<Results<JsonAnswer<AdminKey>, ProblemResult>> ChangeAsync(
        string applicationId, string keyId, HttpContext http, IDbContextFactory<OtpDbContext> contexts,
        CancellationToken cancellationToken)
    {
        var body = await AdminBody.ReadAsync(http, cancellationToken);
        if (body.Error is { } unreadable)
        {
            return new ProblemResult(unreadable);
        }

        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        if (await FindAsync(context, applicationId, keyId, cancellationToken) is not { } key)
        {
            return new ProblemResult(AdminErrors.NoKey);
        }

        var problems = new List<ProblemField>();
        (key.Scopes, key.ExpiresAt) = Read(new(body.Value, problems), key.Scopes, key.ExpiresAt);
        if (problems.Count > 0)
        {
            return new ProblemResult(AdminErrors.FieldsInvalid, problems);
        }

        if (key.RevokedAt is not null)
        {
            return new ProblemResult(AdminErrors.KeyIsRevoked);
        }

        await context.SaveChangesAsync(cancellationToken);
        return new JsonAnswer<AdminKey>(AdminKey.From(key), AdminApplicationJson.Plain.AdminKey);
    }

    /// <summary>Revoke a key</summary>
    /// <remarks>For good; it stays in the list.</remarks>
    /// <param name="applicationId">Id of the application.</param>
    /// <param name="keyId">Id of the key.</param>
    internal static async Task<Results<NoContent, ProblemResult>> RevokeAsync(
        string applicationId, string keyId, IDbContextFactory<OtpDbContext> contexts, TimeProvider time,
        CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        if (await FindAsync(context, applicationId, keyId, cancellationToken) is not { } key)
        {
            return new ProblemResult(AdminErrors.NoKey);
        }

        key.RevokedAt ??= time.GetUtcNow().UtcDateTime;
        await context.SaveChangesAsync(cancellationToken);
        return TypedResults.NoContent();
    }

    private static (string[] Scopes, DateTime? ExpiresAt) Read(FieldReader fields, string[] scopes, DateTime? expiresAt)
    {
        var read = (
            fields.Texts("scopes", scopes, 1, Scopes.All.Count, Scopes.IsKnown, Scopes.Expected),
            fields.Moment("dateExpires", expiresAt));
        fields.End();
        return read;
    }

    private static async Task<ApiKey?> FindAsync(
        OtpDbContext context, string applicationId, string keyId, CancellationToken cancellationToken) =>
        DashedId.TryParse(applicationId, out var application) && DashedId.TryParse(keyId, out var id)
            ? await context.ApiKeys.SingleOrDefaultAsync(k => k.Id == id && k.ApplicationId == application, cancellationToken)
            : null;
}
