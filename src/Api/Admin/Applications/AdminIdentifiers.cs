using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using OtpPipeline.Api.OpenApi;
using OtpPipeline.Api.Requests;
using OtpPipeline.Api.Responses;
using OtpPipeline.Core.Applications.Identifiers;
using OtpPipeline.Core.Database;
using OtpPipeline.Core.Formats;
using OtpPipeline.Core.Secrets;
using OtpPipeline.Core.Stores;

namespace OtpPipeline.Api.Admin.Applications;

/// <summary>
/// The names under which clients of the compatible APIs know an application; those that a company has already can be brought along.
/// </summary>
internal static class AdminIdentifiers
{
    public static readonly IReadOnlyDictionary<string, string> NoSettings = new Dictionary<string, string>(StringComparer.Ordinal);

    private const string All = AdminApplications.One + "/identifiers";
    private const string One = All + "/{identifierId}";

    public static void MapAdminIdentifiers(this RouteGroupBuilder applications)
    {
        applications.MapPost(All, CreateAsync).WithName("adminCreateIdentifier").Takes<IdentifierBody>()
            .WithErrors(AdminErrors.NoApplication, AdminErrors.FieldsInvalid, AdminErrors.IsRevoked, AdminErrors.IdentifierTaken);
        applications.MapPatch(One, ChangeAsync).WithName("adminChangeIdentifier").Takes<IdentifierSettingsBody>()
            .WithErrors(AdminErrors.NoIdentifier, AdminErrors.FieldsInvalid);
        applications.MapPost(One + "/secret", AdminIdentifierSecrets.RotateAsync).WithName("adminRotateSecret")
            .Takes<SecretBody>(isOptional: true).WithErrors(AdminErrors.NoIdentifier, AdminErrors.FieldsInvalid, AdminErrors.HasNoSecret);
        applications.MapDelete(One + "/previous-secret", AdminIdentifierSecrets.DropPreviousAsync).WithName("adminDropPreviousSecret")
            .WithErrors(AdminErrors.NoIdentifier);
        applications.MapDelete(One, RemoveAsync).WithName("adminRemoveIdentifier").WithErrors(AdminErrors.NoIdentifier);
    }

    /// <summary>Add an identifier</summary>
    /// <remarks>Its secret is shown this once, and only its hash is stored. One text is unique within its kind.</remarks>
    /// <param name="applicationId">Id of the application.</param>
    internal static async Task<Results<CreatedAnswer<AdminIdentifierCreated>, ProblemResult>> CreateAsync(
        string applicationId, HttpContext http, IDbContextFactory<OtpDbContext> contexts, OtpSecrets secrets, TimeProvider time,
        CancellationToken cancellationToken)
    {
        var body = await AdminBody.ReadAsync(http, cancellationToken);
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
        if (Read(new(body.Value, problems)) is not { } named || problems.Count > 0)
        {
            return new ProblemResult(AdminErrors.FieldsInvalid, problems);
        }

        if (application.RevokedAt is not null)
        {
            return new ProblemResult(AdminErrors.IsRevoked);
        }

        var row = named.ToIdentifier(application.Id, secrets, time.GetUtcNow().UtcDateTime);
        if (await context.ApplicationIdentifiers.AnyAsync(i => i.Kind == row.Kind && i.Identifier == row.Identifier, cancellationToken))
        {
            return new ProblemResult(AdminErrors.IdentifierTaken);
        }

        context.Add(row);
        try
        {
            await context.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException failure) when (StoreFailures.IsDuplicate(failure))
        {
            return new ProblemResult(AdminErrors.IdentifierTaken);
        }

        AdminChanges.Note(http, row.Id);
        var key = IdentifierRules.For(row.Kind).IsSecret ? named.Identifier : null;
        return Shown(row, key, named.Secret);
    }

    /// <summary>Change the settings of an identifier</summary>
    /// <remarks>Only the settings that the body names are changed.</remarks>
    /// <param name="applicationId">Id of the application.</param>
    /// <param name="identifierId">Id of the identifier.</param>
    internal static async Task<Results<JsonAnswer<AdminIdentifier>, ProblemResult>> ChangeAsync(
        string applicationId, string identifierId, HttpContext http, IDbContextFactory<OtpDbContext> contexts, TimeProvider time,
        CancellationToken cancellationToken)
    {
        var body = await AdminBody.ReadAsync(http, cancellationToken);
        if (body.Error is { } unreadable)
        {
            return new ProblemResult(unreadable);
        }

        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        if (await FindAsync(context, applicationId, identifierId, cancellationToken) is not { } row)
        {
            return new ProblemResult(AdminErrors.NoIdentifier);
        }

        var problems = new List<ProblemField>();
        var fields = new FieldReader(body.Value, problems);
        var settings = new Dictionary<string, string>(row.Settings, StringComparer.Ordinal);
        foreach (var (name, value) in fields.Pairs("settings") ?? [])
        {
            settings[name] = value;
        }

        Note(fields, NamedIdentifier.ValidateSettings(row.Kind, settings));
        fields.End();
        if (problems.Count > 0)
        {
            return new ProblemResult(AdminErrors.FieldsInvalid, problems);
        }

        row.Settings = settings;
        row.UpdatedAt = time.GetUtcNow().UtcDateTime;
        await context.SaveChangesAsync(cancellationToken);
        return new JsonAnswer<AdminIdentifier>(AdminIdentifier.From(row), AdminApplicationJson.Plain.AdminIdentifier);
    }

    /// <summary>Remove an identifier</summary>
    /// <remarks>Clients that use it are refused from then on; the text is free again.</remarks>
    /// <param name="applicationId">Id of the application.</param>
    /// <param name="identifierId">Id of the identifier.</param>
    internal static async Task<Results<NoContent, ProblemResult>> RemoveAsync(
        string applicationId, string identifierId, IDbContextFactory<OtpDbContext> contexts, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        if (await FindAsync(context, applicationId, identifierId, cancellationToken) is not { } row)
        {
            return new ProblemResult(AdminErrors.NoIdentifier);
        }

        await context.ApplicationIdentifiers.Where(i => i.Id == row.Id).ExecuteDeleteAsync(cancellationToken);
        return TypedResults.NoContent();
    }

    /// <summary>What the body names, with what is made here where it may be missing; null where not even the kind is known.</summary>
    private static NamedIdentifier? Read(FieldReader fields)
    {
        if (fields.Word<IdentifierKind>("kind", null) is not { } kind)
        {
            if (!fields.Has("kind"))
            {
                fields.Refuse(
                    "kind",
                    $"must be one of: {string.Join(", ", Enum.GetValues<IdentifierKind>().Select(EnumText<IdentifierKind>.Lower))}");
            }

            return null;
        }

        var shape = IdentifierRules.For(kind);
        var named = new NamedIdentifier(
            kind,
            fields.Text("identifier", shape.Make?.Invoke() ?? "", new(0, 200), nullable: false)!,
            fields.Text("secret", shape.HasSecret ? Credentials.NewSecret() : null, new(0, IdentifierRules.MaxSecret), nullable: false),
            fields.Pairs("settings") ?? NoSettings);
        Note(fields, named.Validate());
        fields.End();
        return named;
    }

    private static void Note(FieldReader fields, IEnumerable<FieldProblem> problems)
    {
        foreach (var problem in problems)
        {
            fields.Refuse(problem.Field, problem.Expected);
        }
    }

    internal static CreatedAnswer<AdminIdentifierCreated> Shown(ApplicationIdentifier row, string? key, string? secret) =>
        new(new(AdminIdentifier.From(row)) { Key = key, Secret = secret }, AdminApplicationJson.Plain.AdminIdentifierCreated);

    internal static async Task<ApplicationIdentifier?> FindAsync(
        OtpDbContext context, string applicationId, string identifierId, CancellationToken cancellationToken) =>
        DashedId.TryParse(applicationId, out var application) && DashedId.TryParse(identifierId, out var id)
            ? await context.ApplicationIdentifiers.SingleOrDefaultAsync(
                i => i.Id == id && i.ApplicationId == application, cancellationToken)
            : null;
}
