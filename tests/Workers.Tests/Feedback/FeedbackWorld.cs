using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Otps.Verification;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Workers.Tests.Support;

namespace OtpPipeline.Workers.Tests.Feedback;

/// <summary>Workers whose provider wants feedback on sms, fails to take it on ussd, and wants none on call and whatsapp.</summary>
public sealed partial class FeedbackWorld : IAsyncLifetime
{
    public const string Sid = "AC0123456789abcdef0123456789abcdef";
    private readonly MeterListener _listener = new();
    private TestDatabase? _database;
    private Task _heldMessages = Task.CompletedTask;
    private Task _heldFeedback = Task.CompletedTask;
    private int _messages;
    private int _skipped;

    internal WorkerHost Host { get; private set; } = null!;

    internal Broker Broker { get; private set; } = null!;

    internal HttpReceiver Twilio { get; private set; } = null!;

    internal HttpReceiver Failing { get; private set; } = null!;

    internal HttpReceiver Silent { get; private set; } = null!;

    internal TestDatabase Database => _database!;

    /// <summary>What the failing provider answers to feedback.</summary>
    public int FailingAnswer { get; set; } = 500;

    /// <summary>Commands for feedback for which nothing was due.</summary>
    public int Skipped => Volatile.Read(ref _skipped);

    /// <summary>What Twilio was told, by the id of the message.</summary>
    internal ILookup<string, ReceivedRequest> Told => Twilio.All.Where(r => r.Path.EndsWith("/Feedback.json", StringComparison.Ordinal))
        .ToLookup(r => r.Path.Split('/')[^2], StringComparer.Ordinal);

    public async ValueTask InitializeAsync()
    {
        Broker = await Broker.ConnectAsync();
        await Broker.ForgetTopologyAsync();
        _database = await MigratedDatabase.CreateAsync();
        Twilio = await HttpReceiver.StartAsync(AnswerAsTwilioAsync);
        Failing = await HttpReceiver.StartAsync(async context =>
        {
            context.Response.StatusCode = context.Request.Path == "/told" ? FailingAnswer : 200;
            await context.Response.WriteAsync("""{"id":"failing-1"}""");
        });
        Silent = await HttpReceiver.StartAsync();
        Silent.Says(200, """{"id":"silent-1"}""");
        Host = new(_database, Settings());
        await Host.StartAsync();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "otp.feedback.skipped" && instrument.Meter.Scope == Host.Services.GetRequiredService<IMeterFactory>())
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, count, _, _) => Interlocked.Add(ref _skipped, (int)count));
        _listener.Start();
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await Host.DisposeAsync();
        await Twilio.DisposeAsync();
        await Failing.DisposeAsync();
        await Silent.DisposeAsync();
        await Broker.DisposeAsync();
        await _database!.DisposeAsync();
    }

    /// <summary>Requests an OTP and waits until its provider took the message.</summary>
    public async Task<SentOtp> SentAsync(Channel channel)
    {
        var recipient = Recipients.Next();
        var otpId = await Host.RequestAsync(channel, recipient);
        return await SentAsync(otpId, recipient, 1);
    }

    /// <summary>Waits until the provider took this attempt.</summary>
    public async Task<SentOtp> SentAsync(Guid otpId, string recipient, int attempt)
    {
        var reading = await Host.SettledAsync(
            otpId, o => o.Deliveries.Count == attempt && o.Deliveries[^1].Status == DeliveryStatus.Sent, "it is sent");
        return new(otpId, recipient, PinSentTo(recipient)!, reading.Deliveries[^1].ProviderMessageId!);
    }

    /// <summary>The PIN in the last message to the recipient; null before a provider got one.</summary>
    public string? PinSentTo(string recipient) => new[] { Twilio, Failing, Silent }.SelectMany(s => s.All)
        .Select(r => Uri.UnescapeDataString(r.Body.Replace('+', ' ')))
        .LastOrDefault(b => b.Contains(recipient[1..], StringComparison.Ordinal)) is { } text
            ? Pin().Match(text).Groups["pin"].Value
            : null;

    /// <summary>Twilio answers no message until the result is set.</summary>
    public TaskCompletionSource HoldMessages()
    {
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _heldMessages = held.Task;
        return held;
    }

    /// <summary>Twilio answers no feedback until the result is set.</summary>
    public TaskCompletionSource HoldFeedback()
    {
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _heldFeedback = held.Task;
        return held;
    }

    /// <summary>Rows of feedback that these OTPs owe.</summary>
    public Task<long> OwedAsync(params Guid[] otps) =>
        Database.CountAsync($"pending_feedback WHERE otp_id IN ({string.Join(',', otps.Select(o => $"'{o}'"))})");

    public async Task VerifyAsync(SentOtp otp)
    {
        var answer = await Host.Services.GetRequiredService<OtpVerification>().VerifyAsync(
            new(Host.Application, otp.Id, new(otp.Pin)), CancellationToken.None);
        answer.Error.ShouldBeNull();
    }

    /// <summary>What Twilio was told of the message, as soon as that was.</summary>
    internal Task<ReceivedRequest> UntilToldAsync(SentOtp otp) =>
        Eventually.Get(() => Task.FromResult(Told[otp.MessageId].FirstOrDefault()), "Twilio is told");

    private async Task AnswerAsTwilioAsync(HttpContext context)
    {
        var isFeedback = context.Request.Path.Value!.EndsWith("/Feedback.json", StringComparison.Ordinal);
        await (isFeedback ? _heldFeedback : _heldMessages);
        context.Response.StatusCode = 201;
        await context.Response.WriteAsync(
            isFeedback
                ? $$"""{"account_sid":"{{Sid}}","outcome":"confirmed"}"""
                : $$"""{"sid":"SM{{Interlocked.Increment(ref _messages):x32}}","status":"queued"}""");
    }

    private Dictionary<string, string?> Settings()
    {
        var settings = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Outbox:PollInterval"] = "00:00:00.05",
            ["Feedback:Concurrency"] = "1",
            ["Feedback:RetryAfter:0"] = "00:00:00.01",
            ["Feedback:RetryAfter:1"] = "00:00:00.02",
            ["Deliveries:Channels:sms:Provider"] = "twilio",
            ["Providers:twilio:Type"] = "twilio-sms",
            ["Providers:twilio:BaseUrl"] = Twilio.Url,
            ["Providers:twilio:AccountSid"] = Sid,
            ["Providers:twilio:AuthToken"] = "planted-auth-token",
            ["Providers:twilio:From"] = "+12025550123",
            ["Providers:twilio:ProvideFeedback"] = "true",
            ["Providers:twilio:Receipts"] = "false",
            ["Providers:failing:BreakerFailures"] = "1",
        };
        Describe(settings, Channel.Ussd, "failing", Failing);
        Describe(settings, Channel.Call, "silent", Silent);
        Describe(settings, Channel.Whatsapp, "off", Silent);
        settings["Providers:off:Feedback:Enabled"] = "false";
        foreach (var name in new[] { "failing", "off" })
        {
            settings[$"Providers:{name}:Feedback:Url"] = $"{(name == "off" ? Silent : Failing).Url}/told";
            settings[$"Providers:{name}:Feedback:Verified"] = "yes";
        }

        return settings;
    }

    private static void Describe(Dictionary<string, string?> settings, Channel channel, string name, HttpReceiver server)
    {
        settings[$"Deliveries:Channels:{channel.Text()}:Provider"] = name;
        settings[$"Providers:{name}:Type"] = "http";
        settings[$"Providers:{name}:Url"] = server.Url;
        settings[$"Providers:{name}:MessageId:JsonPath"] = "$.id";
        settings[$"Providers:{name}:Body:Format"] = "form";
        settings[$"Providers:{name}:Body:Template"] = "to={{recipient}}&text={{text}}";
    }

    [GeneratedRegex("Your PIN is (?<pin>[0-9]+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Pin();
}

/// <summary>An OTP whose message a provider took.</summary>
public sealed record SentOtp(Guid Id, string Recipient, string Pin, string MessageId);
