using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using OtpPipeline.Api.CompatibleApis;
using OtpPipeline.Api.OpenApi;
using OtpPipeline.Api.Requests;
using OtpPipeline.Api.Responses;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Applications.Identifiers;
using OtpPipeline.Core.Callbacks;
using OtpPipeline.Core.Database;
using OtpPipeline.Core.Rules;
using OtpPipeline.Core.Secrets;

namespace OtpPipeline.Api.Admin.Applications;

/// <summary>
/// Applications: made, listed, changed, revoked. What is new works at once; what changes holds in this process at once and in others within
/// seconds.
/// </summary>
internal static class AdminApplications
{
    public const string One = "/{applicationId}";
    private const int MaxPage = 200;
    private const int DefaultPage = 50;
    private static readonly TextRule Status = new(1, 20, "must be active or inactive", s => s is "active" or "inactive");

    public static void MapAdminApplications(this RouteGroupBuilder admin)
    {
        var group = admin.MapGroup("/applications").WithTags("Admin: applications").AddEndpointFilter<KnownAtOnce>();
        group.MapGet("", ListAsync).WithName("adminListApplications").WithErrors(AdminErrors.PageInvalid);
        group.MapPost("", CreateAsync).WithName("adminCreateApplication").Takes<CreateApplicationBody>()
            .WithErrors(AdminErrors.FieldsInvalid);
        group.MapGet(One, ReadAsync).WithName("adminReadApplication").WithErrors(AdminErrors.NoApplication);
        group.MapPatch(One, ChangeAsync).WithName("adminChangeApplication").Takes<ChangeApplicationBody>()
            .WithErrors(AdminErrors.NoApplication, AdminErrors.FieldsInvalid, AdminErrors.IsRevoked, AdminErrors.ChangedMeanwhile);
        group.MapDelete(One, RevokeAsync).WithName("adminRevokeApplication").WithErrors(AdminErrors.NoApplication);
        group.MapAdminKeys();
        group.MapAdminIdentifiers();
        foreach (var api in ((IEndpointRouteBuilder)group).ServiceProvider.GetServices<ICompatibleApi>())
        {
            api.MapAdmin(group);
        }

        group.MapAdminWebhookSecrets();
    }

    /// <summary>The application as it is now; null where the id is none.</summary>
    public static async Task<Application?> FindAsync(OtpDbContext context, string applicationId, CancellationToken cancellationToken) =>
        DashedId.TryParse(applicationId, out var id)
            ? await context.Applications.SingleOrDefaultAsync(a => a.Id == id, cancellationToken)
            : null;

    /// <summary>List applications</summary>
    /// <remarks>Newest first.</remarks>
    /// <param name="cursor">The next of the answer before.</param>
    /// <param name="limit">1 to 200; 50 unless given.</param>
    /// <param name="status">active, inactive or revoked; all unless given.</param>
    internal static async Task<Results<JsonAnswer<AdminApplicationPage>, ProblemResult>> ListAsync(
        string? cursor, string? limit, string? status, IDbContextFactory<OtpDbContext> contexts, CancellationToken cancellationToken)
    {
        var size = DefaultPage;
        PageCursor after = default;
        if ((cursor is not null && !PageCursor.TryParse(cursor, out after))
            || (limit is not null && (!int.TryParse(limit, CultureInfo.InvariantCulture, out size) || size is < 1 or > MaxPage))
            || status is not (null or "active" or "inactive" or "revoked"))
        {
            return new ProblemResult(AdminErrors.PageInvalid);
        }

        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var query = context.Applications.AsNoTracking();
        query = cursor is null
            ? query
            : query.Where(a => a.CreatedAt < after.At || (a.CreatedAt == after.At && a.Id.CompareTo(after.Id) < 0));
        query = status switch
        {
            "active" => query.Where(a => a.Active),
            "inactive" => query.Where(a => !a.Active && a.RevokedAt == null),
            "revoked" => query.Where(a => a.RevokedAt != null),
            _ => query,
        };
        var rows = await query.OrderByDescending(a => a.CreatedAt).ThenByDescending(a => a.Id).Take(size + 1)
            .ToListAsync(cancellationToken);
        var page = new AdminApplicationPage(
            [.. rows.Take(size).Select(AdminApplicationItem.From)],
            rows.Count > size ? new PageCursor(rows[size - 1].CreatedAt, rows[size - 1].Id).ToString() : null);
        return new JsonAnswer<AdminApplicationPage>(page, AdminApplicationJson.Plain.AdminApplicationPage);
    }

    /// <summary>Make an application</summary>
    /// <remarks>With a key, a secret for access tokens and a webhook secret, which are shown this once.</remarks>
    internal static async Task<Results<CreatedAnswer<AdminApplicationCreated>, ProblemResult>> CreateAsync(
        HttpContext http, IDbContextFactory<OtpDbContext> contexts, OtpSecrets secrets, IOptions<CallbackOptions> callbacks,
        TimeProvider time, CancellationToken cancellationToken)
    {
        var body = await AdminBody.ReadAsync(http, cancellationToken);
        if (body.Error is { } unreadable)
        {
            return new ProblemResult(unreadable);
        }

        var problems = new List<ProblemField>();
        var fields = new FieldReader(body.Value, problems);
        var name = fields.Text("name", "", SettingRules.Name, nullable: false);
        if (!fields.Has("name"))
        {
            fields.Refuse("name", "must be given");
        }

        var settings = fields.Object("settings") is { } given ? AdminSettings.Read(given, new(), callbacks.Value) : new();
        fields.End();
        if (problems.Count > 0)
        {
            return new ProblemResult(AdminErrors.FieldsInvalid, problems);
        }

        var now = time.GetUtcNow().UtcDateTime;
        var application = new Application { Id = Guid.CreateVersion7(), Name = name!, Settings = settings, UpdatedAt = now };
        var (key, keyText) = AdminKeys.New(application.Id, secrets, [Scopes.Otp], expiresAt: null, now);
        var secret = Credentials.NewSecret();
        var client = new NamedIdentifier(
            IdentifierKind.TokenClient, application.Id.ToString("D"), secret,
            AdminIdentifiers.NoSettings).ToIdentifier(application.Id, secrets, now);
        var (webhookSecret, webhookText) = AdminWebhookSecrets.New(application.Id, secrets, now);
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        context.AddRange(application, key, client, webhookSecret);
        await context.SaveChangesAsync(cancellationToken);
        AdminChanges.Note(http, application.Id);
        http.Response.Headers.Location = $"/admin/applications/{application.Id:D}";
        var answer = new AdminApplicationCreated(
            AdminApplication.From(application, [key], [client], [webhookSecret]), keyText, secret, webhookText);
        return new CreatedAnswer<AdminApplicationCreated>(answer, AdminApplicationJson.Plain.AdminApplicationCreated);
    }

    /// <summary>Read an application</summary>
    /// <remarks>With its keys, identifiers and webhook secrets, as far as they may be shown.</remarks>
    /// <param name="applicationId">Id of the application.</param>
    internal static async Task<Results<JsonAnswer<AdminApplication>, ProblemResult>> ReadAsync(
        string applicationId, IDbContextFactory<OtpDbContext> contexts, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await FindAsync(context, applicationId, cancellationToken) is { } application
            ? await ShowAsync(context, application, cancellationToken)
            : new ProblemResult(AdminErrors.NoApplication);
    }

    /// <summary>Change an application</summary>
    /// <remarks>
    /// Only what the body names is changed. An inactive application's keys and tokens are refused until it is active again.
    /// </remarks>
    /// <param name="applicationId">Id of the application.</param>
    internal static async Task<Results<JsonAnswer<AdminApplication>, ProblemResult>> ChangeAsync(
        string applicationId, HttpContext http, IDbContextFactory<OtpDbContext> contexts, IOptions<CallbackOptions> callbacks,
        TimeProvider time, CancellationToken cancellationToken)
    {
        var body = await AdminBody.ReadAsync(http, cancellationToken);
        if (body.Error is { } unreadable)
        {
            return new ProblemResult(unreadable);
        }

        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        if (await FindAsync(context, applicationId, cancellationToken) is not { } application)
        {
            return new ProblemResult(AdminErrors.NoApplication);
        }

        var problems = new List<ProblemField>();
        var fields = new FieldReader(body.Value, problems);
        application.Name = fields.Text("name", application.Name, SettingRules.Name, nullable: false)!;
        var status = fields.Text("status", null, Status, nullable: false);
        application.Active = status is null ? application.Active : status is "active";
        application.Settings = fields.Object("settings") is { } given
            ? AdminSettings.Read(given, application.Settings, callbacks.Value)
            : application.Settings;
        fields.End();
        if (problems.Count > 0)
        {
            return new ProblemResult(AdminErrors.FieldsInvalid, problems);
        }

        if (application.RevokedAt is not null)
        {
            return new ProblemResult(AdminErrors.IsRevoked);
        }

        application.UpdatedAt = time.GetUtcNow().UtcDateTime;
        try
        {
            await context.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateConcurrencyException)
        {
            return new ProblemResult(AdminErrors.ChangedMeanwhile);
        }

        return await ShowAsync(context, application, cancellationToken);
    }

    /// <summary>Revoke an application</summary>
    /// <remarks>For good: its keys and tokens are refused, its OTPs stay readable for operators until their retention ends.</remarks>
    /// <param name="applicationId">Id of the application.</param>
    internal static async Task<Results<NoContent, ProblemResult>> RevokeAsync(
        string applicationId, IDbContextFactory<OtpDbContext> contexts, TimeProvider time, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        if (await FindAsync(context, applicationId, cancellationToken) is not { } application)
        {
            return new ProblemResult(AdminErrors.NoApplication);
        }

        // Whoever changes it at the same moment is told; revoking itself always works, also twice.
        var now = time.GetUtcNow().UtcDateTime;
        await context.Applications.Where(a => a.Id == application.Id && a.RevokedAt == null).ExecuteUpdateAsync(
            set => set.SetProperty(a => a.Active, false).SetProperty(a => a.RevokedAt, now)
                .SetProperty(a => a.UpdatedAt, now), cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<JsonAnswer<AdminApplication>> ShowAsync(
        OtpDbContext context, Application application, CancellationToken cancellationToken)
    {
        var keys = await context.ApiKeys.AsNoTracking().Where(k => k.ApplicationId == application.Id).ToListAsync(cancellationToken);
        var identifiers = await context.ApplicationIdentifiers.AsNoTracking().Where(i => i.ApplicationId == application.Id)
            .ToListAsync(cancellationToken);
        var webhookSecrets = await context.WebhookSecrets.AsNoTracking().Where(s => s.ApplicationId == application.Id)
            .ToListAsync(cancellationToken);
        return new JsonAnswer<AdminApplication>(
            AdminApplication.From(application, keys, identifiers, webhookSecrets), AdminApplicationJson.Plain.AdminApplication);
    }
}
