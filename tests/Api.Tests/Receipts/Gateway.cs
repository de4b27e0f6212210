using System.Diagnostics.Metrics;
using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using OtpPipeline.Api.Tests.Support;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Receipts;

namespace OtpPipeline.Api.Tests.Receipts;

/// <summary>An Api on a real socket that knows three providers with receipts, behind a proxy that cuts a part off the path.</summary>
public sealed class Gateway : IAsyncDisposable
{
    public const string PublicUrl = "https://otp.example.com/gate";

    private readonly ApiHost _host;
    private readonly HttpClient _http = new();
    private readonly MeterListener _listener = new();
    private readonly Dictionary<(string Provider, string Result), long> _counted = [];

    public Gateway(ApiHost host)
    {
        _host = host;
        if (!Servers.AreThere)
        {
            return;
        }

        Server = new(
            host,
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["Api:PublicUrl"] = PublicUrl,
                ["Providers:described:Type"] = "http",
                ["Providers:described:Url"] = "https://gateway.example/send",
                ["Providers:described:Secrets:key"] = "s3cret",
                ["Providers:described:Receipt:Signature:Scheme"] = "vonage",
                ["Providers:described:Receipt:Signature:Secret"] = "key",
                ["Providers:described:Receipt:Status"] = "status",
                ["Providers:described:Receipt:Statuses:delivered"] = "DELIVERED",
            },
            services => services.AddSingleton<IReceiptReader, SignedReader>().AddSingleton<IReceiptReader, UnsignedReader>());
        _http.BaseAddress = Server.Address;
        var meters = Server.Services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "otp.receipts" && instrument.Meter.Scope == meters)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>(Count);
        _listener.Start();
    }

    internal KestrelHost Server { get; } = null!;

    public static string TokenOf(Guid otpId, int attempt = 1) => new ReceiptToken(otpId, 1, attempt).Write(ApiHost.Secrets);

    /// <summary>How many receipts had this result, since the start.</summary>
    public long Counted(string provider, string result)
    {
        lock (_counted)
        {
            return _counted.GetValueOrDefault((provider, result));
        }
    }

    /// <summary>An OTP whose only delivery stands so at this provider.</summary>
    internal async Task<Guid> WithDeliveryAsync(
        DeliveryStatus status, string? messageId = null, string provider = SignedReader.Name, string? callbackUrl = null)
    {
        var answer = await _host.Client(_host.Shop).RequestAsync(new { phoneNumber = Recipients.Next(), otpCallbackUrl = callbackUrl });
        answer.Status.ShouldBe(HttpStatusCode.Created, answer.Text);
        var otpId = answer.Json.GetProperty("otpId").GetGuid();
        await PutAsync(otpId, status, messageId, provider);
        return otpId;
    }

    internal Task PutAsync(Guid otpId, DeliveryStatus status, string? messageId = null, string provider = SignedReader.Name) =>
        _host.QueryAsync(db => db.Deliveries.Where(d => d.OtpId == otpId).ExecuteUpdateAsync(set => set
            .SetProperty(d => d.Status, status).SetProperty(d => d.Provider, provider).SetProperty(d => d.ProviderMessageId, messageId)
            .SetProperty(d => d.LeaseId, otpId).SetProperty(d => d.LeaseUntil, DateTime.UtcNow.AddMinutes(5))));

    internal Task<Delivery> DeliveryAsync(Guid otpId) =>
        _host.QueryAsync(db => db.Deliveries.AsNoTracking().SingleAsync(d => d.OtpId == otpId));

    internal Task<List<OtpChange>> ChangesAsync(Guid otpId) => _host.QueryAsync(
        db => db.Changes.AsNoTracking().Where(c => c.OtpId == otpId).OrderBy(c => c.Sequence).ToListAsync());

    /// <summary>Receipts as the signing provider sends them, to the address of a token or to its one address.</summary>
    internal Task<Answer> SendAsync(string? token, params SignedReader.Row[] rows) => SendRawAsync(
        token is null ? "/r/providers/gateway" : "/r/" + token, JsonSerializer.Serialize(rows, JsonSerializerOptions.Web));

    internal Task<Answer> SendRawAsync(string path, string? body, bool signed = true, string mediaType = "text/plain") =>
        SendRawAsync(_http, path, body, signed, mediaType);

    internal static async Task<Answer> SendRawAsync(
        HttpClient http, string path, string? body, bool signed, string mediaType = "text/plain")
    {
        using var request = new HttpRequestMessage(body is null ? HttpMethod.Get : HttpMethod.Post, path);
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, mediaType);
        request.Headers.Add(SignedReader.SignatureHeader, signed ? SignedReader.Sign(PublicUrl + path, body ?? "") : "00");
        using var response = await http.SendAsync(request);
        return await Answer.OfAsync(response);
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        _http.Dispose();
        if (Servers.AreThere)
        {
            await Server.DisposeAsync();
        }
    }

    private void Count(Instrument instrument, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        var (provider, result) = ("", "");
        foreach (var (key, tag) in tags)
        {
            (provider, result) = key == "provider" ? ((string)tag!, result) : (provider, (string)tag!);
        }

        lock (_counted)
        {
            _counted[(provider, result)] = _counted.GetValueOrDefault((provider, result)) + value;
        }
    }
}
