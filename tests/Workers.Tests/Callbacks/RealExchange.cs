using Microsoft.Extensions.Options;
using OtpPipeline.Core.Callbacks;
using OtpPipeline.Core.Callbacks.Sending;
using OtpPipeline.Workers.Callbacks;
using OtpPipeline.Workers.Connections;

namespace OtpPipeline.Workers.Tests.Callbacks;

/// <summary>The exchange over real connections, with names as the test has them.</summary>
internal sealed class RealExchange : IDisposable
{
    private readonly SocketsHttpHandler _handler;
    private readonly HttpMessageInvoker _http;
    private readonly TimeProvider _time;

    public RealExchange(CallbackOptions? options = null, ResolveName? resolve = null, TimeProvider? time = null)
    {
        _time = time ?? TimeProvider.System;
        var settings = Options.Create(options ?? ToThisMachine());
        var lookups = new NameLookups(resolve ?? (_ => []), settings.Value.Lookups, settings.Value.LookupTimeout, TimeProvider.System);
        _handler = new CallbackConnections(new(lookups, TimeProvider.System), settings).CreateHandler();
        _http = new(_handler);
        Exchange = new(_http, settings, _time);
    }

    public CallbackExchange Exchange { get; }

    public static CallbackOptions ToThisMachine(TimeSpan? timeout = null) =>
        new() { AllowedNetworks = ["127.0.0.0/8"], Timeout = timeout ?? TimeSpan.FromSeconds(15) };

    public Task<MadeRequest?> SendAsync(string url, byte[][]? secrets = null) => SendAsync(Callback(url), secrets);

    public Task<MadeRequest?> SendAsync(OutgoingCallback callback, byte[][]? secrets = null) =>
        Exchange.SendAsync(callback, secrets ?? [], CancellationToken.None);

    public OutgoingCallback Callback(string url, Guid? application = null) => new(
        Guid.CreateVersion7(), application ?? Guid.CreateVersion7(), Guid.CreateVersion7(), 0, new(url, "{\"event\":\"ü\"}"u8.ToArray()),
        _time.GetTimestamp());

    public void Dispose()
    {
        _http.Dispose();
        _handler.Dispose();
    }
}
