using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Otps.Intake;
using OtpPipeline.Core.Otps.Reading;
using OtpPipeline.Core.Otps.Requests;
using OtpPipeline.Core.Otps.Verification;
using OtpPipeline.Core.Pins;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Hosting.Health;

namespace OtpPipeline.Api.Otps;

/// <summary>Makes a request, a guess and a look before the first callers do, who would wait for compilers and connections.</summary>
/// <remarks>Nothing is stored: the request is taken back before its commit, the guess is for an OTP that does not exist.</remarks>
internal sealed partial class WarmUp(
    IServiceProvider services,
    IServer server,
    IHostApplicationLifetime lifetime,
    ILogger<WarmUp> logger) : IWarmUp, IHostedService
{
    // As many rounds as a statement needs until the driver prepares it, on a few connections.
    private const int Rounds = 3;
    private const int AtOnce = 4;

    private readonly Lock _lock = new();
    private Task? _run;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        PhoneNumber.LoadPlans();

        // At once when the host listens, and not only when a probe asks.
        lifetime.ApplicationStarted.Register(() => _ = BeginAsync());
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task RunAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_run is null or { IsFaulted: true } or { IsCanceled: true })
            {
                _run = Task.Run(RunOnceAsync, CancellationToken.None);
            }

            return _run.WaitAsync(cancellationToken);
        }
    }

    private async Task BeginAsync()
    {
        try
        {
            await RunAsync(CancellationToken.None);
        }
        catch (Exception failure)
        {
            Log.NotYet(logger, failure.GetType().Name, failure.GetBaseException().Message);
        }
    }

    private async Task RunOnceAsync()
    {
        for (var i = 0; i < Rounds; i++)
        {
            await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => RehearseAsync()));
        }

        await CallAsync();
        Log.Done(logger);
    }

    private async Task RehearseAsync()
    {
        // Not in the constructor: the use cases read options, all of which are checked together after the hosted services were made.
        var intake = services.GetRequiredService<OtpIntake>();
        var verification = services.GetRequiredService<OtpVerification>();
        var reader = services.GetRequiredService<OtpReader>();

        // Nobody's: no row is shared with an application that exists.
        var nobody = new Application { Id = Guid.CreateVersion7(), Name = "warm-up", Settings = new() };
        using var body = JsonDocument.Parse(
            """{"phoneNumber":"+33612246400","ttl":60,"template":"{{pin}}","from":"WarmUp","metadata":{"a":"b"}}""");
        if (await intake.RehearseAsync(OtpRequest.Read(body.RootElement), new(nobody), CancellationToken.None) is { } view)
        {
            JsonSerializer.SerializeToUtf8Bytes(OtpAnswer.CreateFirst(view), OtpResponseJson.Plain.OtpAnswer);
        }

        await verification.VerifyAsync(new(nobody, Guid.CreateVersion7(), new PinGuess("000000")), CancellationToken.None);
        await reader.FindAsync(nobody, Guid.CreateVersion7(), CancellationToken.None);
    }

    /// <summary>The way through the server itself, where it listens on plain HTTP; the answer is an error.</summary>
    private async Task CallAsync()
    {
        if (Address() is not { } address)
        {
            return;
        }

        using var http = new HttpClient(
            new SocketsHttpHandler { UseProxy = false }) { BaseAddress = address, Timeout = TimeSpan.FromSeconds(5) };
        try
        {
            using var content = new StringContent("{}", MediaTypeHeaderValue.Parse("application/json"));
            using var answer = await http.PostAsync(new Uri("otp", UriKind.Relative), content);
            await answer.Content.ReadAsByteArrayAsync();
        }
        catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException)
        {
            Log.NotCalled(logger, failure.GetType().Name);
        }
    }

    private Uri? Address()
    {
        var addresses = server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        foreach (var text in addresses)
        {
            var local = text.Replace("//+", "//127.0.0.1", StringComparison.Ordinal)
                .Replace("//*", "//127.0.0.1", StringComparison.Ordinal);
            if (Uri.TryCreate(local, UriKind.Absolute, out var address)
                && string.Equals(address.Scheme, Uri.UriSchemeHttp, StringComparison.Ordinal))
            {
                var any = IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip)
                    && (ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any));
                return any ? new UriBuilder(address) { Host = "127.0.0.1" }.Uri : address;
            }
        }

        return null;
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Warmed up; ready for requests")]
        public static partial void Done(ILogger logger);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Not warmed up yet; tried again when /health/ready is asked ({Type}: {Error})")]
        public static partial void NotYet(ILogger logger, string type, string error);

        [LoggerMessage(
            Level = LogLevel.Information,
            Message = "The warm-up could not call this host's own address ({Error}); the first request may be slow")]
        public static partial void NotCalled(ILogger logger, string error);
    }
}
