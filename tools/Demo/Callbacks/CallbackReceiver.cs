using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace OtpPipeline.Demo.Callbacks;

/// <summary>A callback as received.</summary>
internal sealed record ReceivedCallback(string Id, string Timestamp, string Signature, string Body)
{
    private JsonElement Otp => JsonDocument.Parse(Body).RootElement.GetProperty("data")[0];

    public string Event => JsonDocument.Parse(Body).RootElement.GetProperty("event").GetString() ?? "";

    public string OtpId => Otp.GetProperty("otpId").GetString() ?? "";

    public string Status => Otp.GetProperty("status").GetString() ?? "";

    public long Sequence => Otp.GetProperty("sequence").GetInt64();
}

/// <summary>Receives the pipeline's callbacks.</summary>
internal sealed class CallbackReceiver : IAsyncDisposable
{
    private readonly ConcurrentQueue<ReceivedCallback> _received = new();
    private WebApplication? _app;

    /// <summary>The URL that each OTP of the demo sends as its otpCallbackUrl.</summary>
    public string Url => $"{_app!.Urls.First()}/callbacks";

    public static async Task<CallbackReceiver> StartAsync()
    {
        var receiver = new CallbackReceiver();
        receiver._app = await LoopbackServer.StartAsync(app => app.MapPost("/callbacks", receiver.TakeAsync));
        return receiver;
    }

    /// <summary>Returns the callback of an OTP in this status; null if it has not arrived.</summary>
    public ReceivedCallback? From(string otpId, string status) => _received.FirstOrDefault(c =>
        string.Equals(c.OtpId, otpId, StringComparison.Ordinal) && string.Equals(c.Status, status, StringComparison.Ordinal));

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }
    }

    private async Task<IResult> TakeAsync(HttpRequest request)
    {
        using var reader = new StreamReader(request.Body);
        var callback = new ReceivedCallback(
            request.Headers["webhook-id"].ToString(), request.Headers["webhook-timestamp"].ToString(),
            request.Headers["webhook-signature"].ToString(), await reader.ReadToEndAsync());
        try
        {
            _ = (callback.Event, callback.OtpId, callback.Status, callback.Sequence);
        }
        catch (Exception unreadable) when (
            unreadable is JsonException or KeyNotFoundException or InvalidOperationException or IndexOutOfRangeException)
        {
            return Results.BadRequest();
        }

        _received.Enqueue(callback);
        return Results.NoContent();
    }
}
