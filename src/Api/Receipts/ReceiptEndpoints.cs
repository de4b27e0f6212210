using System.Diagnostics;
using System.Text;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using OtpPipeline.Api.Requests;
using OtpPipeline.Api.Responses;
using OtpPipeline.Api.Security;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Receipts;
using OtpPipeline.Core.Receipts.Recording;
using OtpPipeline.Core.Secrets;

namespace OtpPipeline.Api.Receipts;

/// <summary>Takes the receipts of providers: at an address with a delivery's token, or at one address for all of a provider.</summary>
/// <remarks>
/// What is not authentic gets the same 404 for every cause, and is charged to its address. The answer is given when the receipts
/// are durable.
/// </remarks>
internal static class ReceiptEndpoints
{
    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Post];
    private static readonly TimeSpan UntilRetry = TimeSpan.FromSeconds(5);

    public static void AddReceipts(this IServiceCollection services) => services.AddSingleton<ReceiptReaders>();

    /// <summary>Maps nothing without Api:PublicUrl: no provider knows an address.</summary>
    public static void MapReceipts(this WebApplication app)
    {
        if (app.Services.GetRequiredService<IOptions<PublicUrlOptions>>().Value.PublicUrl is null)
        {
            return;
        }

        // Made at the start: two readers of one provider stop the host.
        app.Services.GetRequiredService<ReceiptReaders>();
        app.MapMethods(ReceiptAddresses.Path + "{token}", Methods, TakeOneAsync).ExcludeFromDescription();
        app.MapMethods(ReceiptAddresses.ProviderPath + "{provider}", Methods, TakeAllAsync).ExcludeFromDescription();
    }

    private static async Task<IResult> TakeOneAsync(
        string token, HttpContext http, ReceiptReaders readers, ReceiptRecording recording, OtpSecrets secrets,
        CancellationToken cancellationToken)
    {
        if (await RawBody.ReadAsync(http.Request, cancellationToken) is not { } body)
        {
            return TooLarge(http);
        }

        if (ReceiptToken.Read(secrets, token) is not { } named)
        {
            return Reject(http, ReceiptMetrics.NoProvider, ReceiptResult.Forged);
        }

        var found = await recording.FindAsync(named, cancellationToken);
        return found?.Provider is not { } provider || readers.For(provider) is not { } reader
            ? Reject(http, ReceiptMetrics.NoProvider, ReceiptResult.Unknown)
            : await TakeAsync(http, body, reader, named, found, cancellationToken);
    }

    private static async Task<IResult> TakeAllAsync(
        string provider, HttpContext http, ReceiptReaders readers, CancellationToken cancellationToken)
    {
        if (await RawBody.ReadAsync(http.Request, cancellationToken) is not { } body)
        {
            return TooLarge(http);
        }

        return readers.For(provider) is { } reader
            ? await TakeAsync(http, body, reader, token: null, found: null, cancellationToken)
            : Reject(http, ReceiptMetrics.NoProvider, ReceiptResult.Unknown);
    }

    private static async Task<IResult> TakeAsync(
        HttpContext http, byte[] body, IReceiptReader reader, ReceiptToken? token, FoundDelivery? found,
        CancellationToken cancellationToken)
    {
        var services = http.RequestServices;
        if (RequestOf(http, body, services.GetRequiredService<ReceiptAddresses>(), token) is not { } request)
        {
            return Reject(http, reader.Provider, ReceiptResult.Forged);
        }

        var now = services.GetRequiredService<TimeProvider>().GetUtcNow().UtcDateTime;
        var reading = await reader.ReadAsync(request, now, cancellationToken);
        switch (reading.Problem)
        {
            case ReceiptProblem.Forged:
                return Reject(http, reader.Provider, ReceiptResult.Forged);
            case ReceiptProblem.Unreadable:
                return Reject(http, reader.Provider, ReceiptResult.Unreadable);
            case ReceiptProblem.Unavailable:
                return Postpone(http, reader.Provider);
        }

        var recording = services.GetRequiredService<ReceiptRecording>();
        var secrets = services.GetRequiredService<OtpSecrets>();
        var trace = Activity.Current?.Id;
        await Task.WhenAll(reading.Receipts.Select(receipt => recording.RecordAsync(
            new(reader.Provider, receipt)
            {
                Token = token ?? ReceiptToken.Read(secrets, receipt.Reference),
                Found = found,
                TraceParent = trace,
            },
            cancellationToken)));
        return reading.Reply is { } reply
            ? TypedResults.Text(reply.Body, reply.ContentType, Encoding.UTF8, reply.Status)
            : TypedResults.StatusCode(StatusCodes.Status200OK);
    }

    private static IResult TooLarge(HttpContext http)
    {
        Count(http, ReceiptMetrics.NoProvider, ReceiptResult.Unreadable);
        return new ErrorResult(Charge(http) ?? OtpErrors.BodyTooLarge);
    }

    private static IResult Reject(HttpContext http, string provider, ReceiptResult result)
    {
        Count(http, provider, result);
        return new ErrorResult(Charge(http) ?? ApiErrors.PathNotFound);
    }

    /// <summary>Providers send again what got a 5xx; a 404 would end it.</summary>
    private static IResult Postpone(HttpContext http, string provider)
    {
        Count(http, provider, ReceiptResult.Unavailable);
        return new ErrorResult(Charge(http) ?? ApiErrors.StoreAway with { RetryAfter = UntilRetry });
    }

    private static void Count(HttpContext http, string provider, ReceiptResult result) =>
        http.RequestServices.GetRequiredService<ReceiptMetrics>().Received(provider, result);

    /// <summary>Null while the address may send more of this.</summary>
    private static OtpError? Charge(HttpContext http) => http.RequestServices.GetRequiredService<RequestAdmission>().ChargeAddress(http);

    /// <summary>Null where the target is no address below Api:PublicUrl.</summary>
    private static ReceiptRequest? RequestOf(HttpContext http, byte[] body, ReceiptAddresses addresses, ReceiptToken? token)
    {
        var raw = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var target = raw.StartsWith('/') ? raw : http.Request.Path.ToUriComponent() + http.Request.QueryString.ToUriComponent();
        if (addresses.Called(target) is not { } url)
        {
            return null;
        }

        var headers = http.Request.Headers.SelectMany(h => h.Value, (h, value) => KeyValuePair.Create(h.Key, value ?? ""));
        return new(http.Request.Method, url, [.. headers], body) { Token = token };
    }
}
