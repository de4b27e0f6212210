using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using OtpPipeline.Api.Tests.Support;
using OtpPipeline.Core.Otps;

namespace OtpPipeline.Api.Tests.CompatibleApis.Support;

/// <summary>Requests of any compatible API, in the words of the tests.</summary>
/// <param name="http">The server.</param>
/// <param name="perfumerlabs">Where Perfumerlabs is asked; null for the same server.</param>
public sealed class CompatibleApiClient(HttpClient http, PerfumerlabsServer? perfumerlabs = null)
{
    /// <summary>A Beem call; null for no credentials.</summary>
    public Task<Answer> BeemAsync(string? pair, string path, object body, string contentType = "application/json") =>
        SendAsync(HttpMethod.Post, path, body, contentType, pair is null ? [] : [("Authorization", BasicHeader.From(pair))]);

    /// <summary>A BizMagnets call; null for no key.</summary>
    public Task<Answer> BizMagnetsAsync(string? key, string path, object body, string? contentType = "application/json") =>
        SendAsync(HttpMethod.Post, path, body, contentType, key is null ? [] : [("X-API-KEY", key)]);

    /// <summary>A form of Gupshup's two-factor API.</summary>
    public Task<Answer> TwoFactorAsync(string apiKey, string call, params (string Name, string Value)[] fields) =>
        SendAsync(HttpMethod.Post, $"/sm/api/ent/sms/2fa/{call}", Query(fields), "application/x-www-form-urlencoded", ("apikey", apiKey));

    /// <summary>A query of Gupshup's incoming.php, or of its GatewayAPI.</summary>
    public Task<Answer> QueryAsync(string path, params (string Name, string Value)[] fields) =>
        SendAsync(HttpMethod.Get, $"{path}?{Query(fields)}");

    /// <summary>A Perfumerlabs call to the process of this application.</summary>
    public Task<Answer> PerfumerlabsAsync(Guid application, string pair, HttpMethod method, string path, object body) =>
        perfumerlabs is null
        ? SendAsync(method, path, body, headers: ("Authorization", BasicHeader.From(pair)))
        : perfumerlabs.SendAsync(application, c => c.SendAsync(method, path, body, headers: ("Authorization", BasicHeader.From(pair))));

    /// <param name="method">The method.</param>
    /// <param name="path">Path and query.</param>
    /// <param name="body">Bytes, a text as it is, or what becomes JSON; null for none.</param>
    /// <param name="contentType">Null for none.</param>
    /// <param name="headers">Further headers.</param>
    public async Task<Answer> SendAsync(
        HttpMethod method, string path, object? body = null, string? contentType = "application/json",
        params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(
                body as byte[] ?? Encoding.UTF8.GetBytes(body as string ?? JsonSerializer.Serialize(body)));
            request.Content.Headers.ContentType = contentType is null ? null : MediaTypeHeaderValue.Parse(contentType);
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await http.SendAsync(request);
        return await Answer.OfAsync(response);
    }

    private static string Query((string Name, string Value)[] fields) =>
        string.Join('&', fields.Select(f => $"{f.Name}={Uri.EscapeDataString(f.Value)}"));
}

internal static class CompatibleApiHost
{
    public static CompatibleApiClient CompatibleApis(this ApiHost host, PerfumerlabsServer? perfumerlabs = null) =>
        new(host.Factory.CreateClient(), perfumerlabs);

    /// <summary>Status and wrong guesses as stored.</summary>
    public static async Task<(OtpStatus Status, int Attempts)> StateOfAsync(this ApiHost host, Guid otpId)
    {
        var otp = await host.QueryAsync(db => db.Otps.AsNoTracking().SingleAsync(o => o.Id == otpId));
        return (otp.Status, otp.Attempts);
    }

    public static Task<int> CountOtpsAsync(this ApiHost host) => host.QueryAsync(db => db.Otps.CountAsync());

    /// <summary>As a worker leaves an OTP that no provider takes.</summary>
    public static Task LetFailAsync(this ApiHost host, Guid otpId) => host.QueryAsync(db =>
        db.Database.ExecuteSqlAsync(
            $"UPDATE otps SET status = 'FAILED', reason = 'undeliverable', final_at = clock_timestamp(), sequence = sequence + 1 WHERE id = {otpId}"));
}
