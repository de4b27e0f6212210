using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using OtpPipeline.Api.Admin;
using OtpPipeline.Api.Admin.Applications;
using OtpPipeline.Api.OpenApi;
using OtpPipeline.Api.Requests;
using OtpPipeline.Api.Responses;
using OtpPipeline.Core.Applications.Identifiers;
using OtpPipeline.Core.Database;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Secrets;
using OtpPipeline.Core.Stores;

namespace OtpPipeline.Api.CompatibleApis.Gupshup;

/// <summary>The two calls of Gupshup's own page, for scripts that use it: link an account, and make a two-factor key.</summary>
internal static class GupshupAdmin
{
    private const string Root = AdminApplications.One + "/gupshup";
    private const string TypeName = "accountType";

    public static void Map(RouteGroupBuilder applications)
    {
        applications.MapPost(Root + "/accounts", LinkAsync).WithName("adminLinkGupshupAccount").Takes<GupshupAccountBody>()
            .WithErrors(AdminErrors.NoApplication, AdminErrors.FieldsInvalid, AdminErrors.IsRevoked, AdminErrors.IdentifierTaken);
        applications.MapPost(Root + "/keys", CreateAsync).WithName("adminCreateGupshupKey").Takes<GupshupKeyBody>()
            .WithErrors(AdminErrors.NoApplication, AdminErrors.FieldsInvalid, AdminErrors.IsRevoked, AdminErrors.IdentifierTaken);
    }

    /// <summary>Link a Gupshup account</summary>
    /// <remarks>JSON or a form. Linked once more it has a new token; the one before stays valid until it is dropped.</remarks>
    /// <param name="applicationId">Id of the application.</param>
    internal static async Task<Results<NoContent, ProblemResult>> LinkAsync(
        string applicationId, HttpContext http, IDbContextFactory<OtpDbContext> contexts, OtpSecrets secrets, TimeProvider time,
        CancellationToken cancellationToken)
    {
        var body = await ReadAsync(http, cancellationToken);
        if (body.Error is { } unreadable)
        {
            return new ProblemResult(unreadable);
        }

        var problems = new List<ProblemField>();
        var fields = new FieldReader(body.Value, problems);
        var shape = IdentifierRules.For(IdentifierKind.GupshupAccount);
        var account = Required(fields, "accountid", 1, shape.Form.IsMatch, $"must be {shape.Expected}");
        var token = Required(
            fields, "token", IdentifierRules.MinSecret, null,
            $"must have {IdentifierRules.MinSecret} to {IdentifierRules.MaxSecret} characters");
        fields.End();
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var (id, refused) = await FindAsync(context, applicationId, problems, cancellationToken);
        if (refused is not null)
        {
            return refused;
        }

        var row = new NamedIdentifier(
            IdentifierKind.GupshupAccount, account, token,
            AdminIdentifiers.NoSettings).ToIdentifier(id, secrets, time.GetUtcNow().UtcDateTime);
        var linked = await context.ApplicationIdentifiers.SingleOrDefaultAsync(
            i => i.Kind == row.Kind && i.Identifier == row.Identifier, cancellationToken);
        if (linked is not null && linked.ApplicationId != id)
        {
            return new ProblemResult(AdminErrors.IdentifierTaken);
        }

        if (linked is null)
        {
            context.Add(row);
        }
        else if (!linked.Matches(token, secrets))
        {
            (linked.PreviousSecretHash, linked.SecretHash) = (linked.SecretHash, secrets.HashIdentifierSecret(linked.Id, token));
            linked.UpdatedAt = row.UpdatedAt;
        }

        AdminChanges.Note(http, (linked ?? row).Id);
        return await SaveAsync(context, TypedResults.NoContent(), cancellationToken);
    }

    /// <summary>Make a two-factor key of Gupshup</summary>
    /// <remarks>JSON or a form. The one field of the answer is named by the key, which is shown this once.</remarks>
    /// <param name="applicationId">Id of the application.</param>
    internal static async Task<Results<CreatedAnswer<IReadOnlyDictionary<string, GupshupKeyAnswer>>, ProblemResult>> CreateAsync(
        string applicationId, HttpContext http, IDbContextFactory<OtpDbContext> contexts, OtpSecrets secrets, TimeProvider time,
        CancellationToken cancellationToken)
    {
        var body = await ReadAsync(http, cancellationToken);
        if (body.Error is { } unreadable)
        {
            return new ProblemResult(unreadable);
        }

        var problems = new List<ProblemField>();
        var settings = Settings(new(body.Value, problems), problems);
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var (id, refused) = await FindAsync(context, applicationId, problems, cancellationToken);
        if (refused is not null)
        {
            return refused;
        }

        var named = new NamedIdentifier(IdentifierKind.GupshupKey, IdentifierRules.For(IdentifierKind.GupshupKey).Make!(), null, settings);
        var row = named.ToIdentifier(id, secrets, time.GetUtcNow().UtcDateTime);
        context.Add(row);
        AdminChanges.Note(http, row.Id);
        var answer = new Dictionary<string, GupshupKeyAnswer>(StringComparer.Ordinal) { [named.Identifier] = GupshupKeyAnswer.From(row) };
        return await SaveAsync(
            context,
            new CreatedAnswer<IReadOnlyDictionary<string, GupshupKeyAnswer>>(
                answer, GupshupAdminJson.Plain.IReadOnlyDictionaryStringGupshupKeyAnswer),
            cancellationToken);
    }

    /// <summary>The settings of a key by name; the account type may also have the spelling of Gupshup's page.</summary>
    private static Dictionary<string, string> Settings(FieldReader fields, List<ProblemField> problems)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in IdentifierRules.For(IdentifierKind.GupshupKey).Settings.Keys)
        {
            if (fields.Scalar(name) is { } value)
            {
                settings[name] = value;
            }
        }

        if ((fields.Scalar("account type") ?? fields.Scalar("accounttype")) is { } type)
        {
            settings[TypeName] = type;
        }

        foreach (var (field, expected) in NamedIdentifier.ValidateSettings(IdentifierKind.GupshupKey, settings))
        {
            var name = field["settings/".Length..];
            if (!problems.Exists(p => p.Pointer.Equals($"#/{name}", StringComparison.Ordinal)))
            {
                fields.Refuse(name, expected);
            }
        }

        fields.End();
        return settings;
    }

    private static string Required(FieldReader fields, string name, int min, Func<string, bool>? isValid, string expected)
    {
        if (!fields.Has(name))
        {
            fields.Refuse(name, expected);
        }

        return fields.Text(name, "", new(min, IdentifierRules.MaxSecret, expected, isValid), nullable: false)!;
    }

    /// <summary>The application's id, or the answer that refuses the call.</summary>
    private static async Task<(Guid Id, ProblemResult? Refused)> FindAsync(
        OtpDbContext context, string applicationId, List<ProblemField> problems, CancellationToken cancellationToken)
    {
        var application = await AdminApplications.FindAsync(context, applicationId, cancellationToken);
        return application is null ? (default, new ProblemResult(AdminErrors.NoApplication))
            : problems.Count > 0 ? (default, new ProblemResult(AdminErrors.FieldsInvalid, problems))
            : application.RevokedAt is not null ? (default, new ProblemResult(AdminErrors.IsRevoked))
            : (application.Id, null);
    }

    /// <summary>Reads JSON, or the form that Gupshup's page sends, as an object.</summary>
    private static async ValueTask<Result<JsonElement>> ReadAsync(HttpContext http, CancellationToken cancellationToken)
    {
        if (http.Request.ContentType?.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) != true)
        {
            return await AdminBody.ReadAsync(http, cancellationToken);
        }

        if (await FormBody.ReadAsync(http.Request, cancellationToken) is not { } form)
        {
            return OtpErrors.BodyNotText;
        }

        var body = new JsonObject();
        foreach (var (name, value) in form)
        {
            body[name] = value.Count == 1 ? JsonValue.Create(value.ToString()) : new JsonArray();
        }

        return JsonElement.Parse(body.ToJsonString());
    }

    private static async Task<Results<TAnswer, ProblemResult>> SaveAsync<TAnswer>(
        OtpDbContext context, TAnswer answer, CancellationToken cancellationToken)
        where TAnswer : IResult
    {
        try
        {
            await context.SaveChangesAsync(cancellationToken);
            return answer;
        }
        catch (DbUpdateException failure) when (StoreFailures.IsDuplicate(failure))
        {
            return new ProblemResult(AdminErrors.IdentifierTaken);
        }
    }
}
