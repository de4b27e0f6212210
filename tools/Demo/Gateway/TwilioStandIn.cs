using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace OtpPipeline.Demo.Gateway;

/// <summary>Twilio Messaging as the preset twilio-sms knows it: takes a message, then reports its delivery.</summary>
/// <remarks>Before the report it sends a forged one, signed with another token.</remarks>
internal sealed class TwilioStandIn(string token, Inbox inbox) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(10) };

    public void Map(WebApplication app) => app.MapPost("/2010-04-01/Accounts/{account}/Messages.json", TakeAsync);

    public void Dispose() => _http.Dispose();

    private async Task<IResult> TakeAsync(string account, HttpRequest request)
    {
        if (!DemoGateway.IsFrom(request, $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{account}:{token}"))}"))
        {
            return Results.Json(new { code = 20003 }, statusCode: 401);
        }

        var form = await request.ReadFormAsync();
        var (recipient, callback, id) = (form["To"].ToString(), form["StatusCallback"].ToString(), $"SM{Guid.CreateVersion7():N}");
        inbox.Add(new("sms", recipient, form["Body"].ToString()));
        request.HttpContext.Response.OnCompleted(() => ReportAsync(callback, recipient, new(StringComparer.Ordinal)
        {
            ["AccountSid"] = account, ["MessageSid"] = id, ["MessageStatus"] = "delivered", ["To"] = recipient,
        }));
        return Results.Json(new { sid = id, status = "queued" }, statusCode: 201);
    }

    private async Task ReportAsync(string callback, string recipient, SortedDictionary<string, string> fields)
    {
        foreach (var isForged in new[] { true, false })
        {
            using var report = new HttpRequestMessage(HttpMethod.Post, callback) { Content = new FormUrlEncodedContent(fields) };
            report.Headers.Add("X-Twilio-Signature", Sign(isForged ? "a stranger's token" : token, callback, fields));
            try
            {
                using var answer = await _http.SendAsync(report);
                inbox.AddReceipt(new SentReceipt(recipient, isForged, (int)answer.StatusCode));
            }
            catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException)
            {
                await Console.Error.WriteLineAsync($"A receipt could not be sent: {failure.Message}");
            }
        }
    }

    /// <summary>HMAC-SHA1 over the address and the sorted fields, as Twilio documents it.</summary>
    private static string Sign(string key, string callback, SortedDictionary<string, string> fields)
    {
        var text = callback + string.Concat(fields.Select(f => f.Key + f.Value));
        return Convert.ToBase64String(HMACSHA1.HashData(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(text)));
    }
}
