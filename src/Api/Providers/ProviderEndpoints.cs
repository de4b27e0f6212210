using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using OtpPipeline.Api.Admin;
using OtpPipeline.Api.OpenApi;
using OtpPipeline.Api.Requests;
using OtpPipeline.Api.Responses;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Deliveries.Providers;

namespace OtpPipeline.Api.Providers;

/// <summary>Endpoints that show providers, pause and resume them, weigh them and try them out.</summary>
internal static class ProviderEndpoints
{
    private const string Providers = "/providers";
    private const string One = Providers + "/{name}";

    public static void AddProviders(this IServiceCollection services)
    {
        services.AddSingleton<ProviderOverview>();
        services.AddSingleton<ProviderTrial>();
    }

    public static void MapProviders(this RouteGroupBuilder admin)
    {
        admin.MapGet(Providers, ListAsync).WithName("adminListProviders");
        admin.MapPost(One + "/pause", PauseAsync).WithName("adminPauseProvider").WithErrors(AdminErrors.NoProvider);
        admin.MapPost(One + "/resume", ResumeAsync).WithName("adminResumeProvider").WithErrors(AdminErrors.NoProvider);
        admin.MapPut(One + "/weight", WeighAsync).WithName("adminWeighProvider").Takes<ProviderWeightBody>()
            .WithErrors(AdminErrors.NoProvider, AdminErrors.FieldsInvalid);
        admin.MapPost(One + "/test", TestAsync).WithName("adminTestProvider").Takes<ProviderTestBody>()
            .WithErrors(AdminErrors.NoProvider, AdminErrors.FieldsInvalid, AdminErrors.NoWorker);
    }

    /// <summary>List providers</summary>
    /// <remarks>As the workers reported them in the last seconds.</remarks>
    internal static async Task<JsonAnswer<ProviderListAnswer>> ListAsync(ProviderOverview overview, CancellationToken cancellationToken) =>
        new(new(await overview.ReadAsync(cancellationToken)), ProviderAnswerJson.Plain.ProviderListAnswer);

    /// <summary>Pause a provider</summary>
    /// <remarks>Within two seconds it gets no further messages. Routes go on with their other providers, or wait.</remarks>
    /// <param name="name">Name of the provider.</param>
    internal static Task<Results<JsonAnswer<ProviderAnswer>, ProblemResult>> PauseAsync(
        string name, ProviderOverview overview, IProviderStore store, CancellationToken cancellationToken) =>
        ChangeAsync(name, overview, () => store.PauseAsync(name, paused: true, cancellationToken), cancellationToken);

    /// <summary>Resume a provider</summary>
    /// <remarks>Within two seconds it gets messages again.</remarks>
    /// <param name="name">Name of the provider.</param>
    internal static Task<Results<JsonAnswer<ProviderAnswer>, ProblemResult>> ResumeAsync(
        string name, ProviderOverview overview, IProviderStore store, CancellationToken cancellationToken) =>
        ChangeAsync(name, overview, () => store.PauseAsync(name, paused: false, cancellationToken), cancellationToken);

    /// <summary>Set the weight of a provider</summary>
    /// <remarks>It stands for the weights of all routes that give the provider one, within two seconds.</remarks>
    /// <param name="name">Name of the provider.</param>
    internal static async Task<Results<JsonAnswer<ProviderAnswer>, ProblemResult>> WeighAsync(
        string name, HttpContext http, ProviderOverview overview, IProviderStore store, CancellationToken cancellationToken)
    {
        var body = await JsonBody.ReadAsync(http.Request, static json => json.Clone(), cancellationToken);
        if (body.Error is { } unreadable)
        {
            return new ProblemResult(unreadable);
        }

        var problems = new List<ProblemField>();
        var reader = new FieldReader(body.Value, problems);
        int? weight = null;
        if (!reader.Has("weight"))
        {
            reader.Refuse("weight", $"must be null or a whole number from 0 to {DeliveryRouteOptions.MaxWeight}");
        }
        else if (body.Value.GetProperty("weight").ValueKind != JsonValueKind.Null)
        {
            weight = reader.Number("weight", 0, new(0, DeliveryRouteOptions.MaxWeight));
        }

        reader.End();
        return problems.Count > 0
            ? new ProblemResult(AdminErrors.FieldsInvalid, problems)
            : await ChangeAsync(name, overview, () => store.WeighAsync(name, weight, cancellationToken), cancellationToken);
    }

    /// <summary>Try a provider out</summary>
    /// <remarks>
    /// Sends a test message through this provider alone, paused or not, and answers how it was classified. It is a real message: the
    /// provider may charge it.
    /// </remarks>
    /// <param name="name">Name of the provider.</param>
    internal static async Task<Results<JsonAnswer<ProviderTestAnswer>, ProblemResult>> TestAsync(
        string name, HttpContext http, ProviderOverview overview, ProviderTrial trial, CancellationToken cancellationToken)
    {
        var body = await JsonBody.ReadAsync(http.Request, static json => json.Clone(), cancellationToken);
        if (body.Error is { } unreadable)
        {
            return new ProblemResult(unreadable);
        }

        if (await overview.FindAsync(name, cancellationToken) is null)
        {
            return new ProblemResult(AdminErrors.NoProvider);
        }

        var problems = new List<ProblemField>();
        if (ProviderTrial.Read(new(body.Value, problems)) is not { } message || problems.Count > 0)
        {
            return new ProblemResult(AdminErrors.FieldsInvalid, problems);
        }

        return await trial.RunAsync(name, message, cancellationToken) is { } answer
            ? new JsonAnswer<ProviderTestAnswer>(answer, ProviderAnswerJson.Plain.ProviderTestAnswer)
            : new ProblemResult(AdminErrors.NoWorker);
    }

    private static async Task<Results<JsonAnswer<ProviderAnswer>, ProblemResult>> ChangeAsync(
        string name, ProviderOverview overview, Func<Task> change, CancellationToken cancellationToken)
    {
        if (await overview.FindAsync(name, cancellationToken) is null)
        {
            return new ProblemResult(AdminErrors.NoProvider);
        }

        await change();
        return await overview.FindAsync(name, cancellationToken) is { } changed
            ? new JsonAnswer<ProviderAnswer>(changed, ProviderAnswerJson.Plain.ProviderAnswer)
            : new ProblemResult(AdminErrors.NoProvider);
    }
}
