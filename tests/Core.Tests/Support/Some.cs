using System.Text.Json;
using Microsoft.Extensions.Options;
using OtpPipeline.Contracts;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Applications.Limits;
using OtpPipeline.Core.Callbacks;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Deliveries.Feedback;
using OtpPipeline.Core.Deliveries.Publishing;
using OtpPipeline.Core.Deliveries.Sending;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Otps.Changes;
using OtpPipeline.Core.Otps.Intake;
using OtpPipeline.Core.Otps.Requests;
using OtpPipeline.Core.Pins;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Core.Sandbox;
using OtpPipeline.Core.Secrets;
using OtpPipeline.Outbox;

namespace OtpPipeline.Core.Tests.Support;

/// <summary>Ordinary values, so that a test names only what it is about.</summary>
internal static class Some
{
    public const string Phone = "+33612246400";

    public static readonly DateTime Now = new(2026, 11, 20, 10, 0, 0, DateTimeKind.Utc);

    public static readonly byte[] RecipientHash = [1, 2, 3];

    /// <summary>Of an OTP whose PIN was generated.</summary>
    public static readonly OtpDetails Details = new(Phone, "Shop", "{{pin}}", null, null, null) { NewPin = new(PinType.Numbers, 6) };

    public static readonly OtpSecrets Secrets = new(new KeyRing(Options.Create(OtpOptions("k1"))));

    public static string Key(string id) =>
        Convert.ToBase64String(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(id)));

    public static OtpOptions OtpOptions(params string[] keyIds) =>
        new() { PinKeys = [.. keyIds.Select(id => new PinKey { Id = id, Key = Key(id) })] };

    public static Application Application(ApplicationSettings? settings = null, Guid? id = null) =>
        new() { Id = id ?? new Guid("11111111-1111-4111-8111-111111111111"), Name = "Some", Settings = settings ?? new() };

    public static Application Application(ApplicationLimits limits) => Application(new ApplicationSettings { Limits = limits });

    /// <summary>A request from JSON without its outer braces.</summary>
    public static OtpRequest Request(string fields)
    {
        using var document = JsonDocument.Parse("{" + fields + "}");
        return OtpRequest.Read(document.RootElement);
    }

    /// <summary>The judgement on a phone number and these further fields.</summary>
    public static Result<ValidatedOtpRequest> Validate(string fields = "", ApplicationSettings? settings = null) =>
        ValidateAlone($"\"phoneNumber\":\"{Phone}\"{(fields.Length > 0 ? "," : "")}{fields}", settings);

    public static Result<ValidatedOtpRequest> ValidateAlone(string fields, ApplicationSettings? settings = null) =>
        Request(fields).Validate(new(Application(settings), IdempotencyKey: "key"), new CallbackOptions());

    public static OutboxBatch Batch()
    {
        var setup = new OutboxSetup().Map<OtpStatusChanged>("status").Map<OtpDeliveryChanged>("delivery").Map<OtpRequested>("work")
            .Map<FeedbackDue>("feedback").Map<CallbackDue>("callback");
        return new(
            new OutboxSerializer(setup), TimeProvider.System, TimeSpan.FromSeconds(30), new Guid("22222222-2222-4222-8222-222222222222"));
    }

    public static JsonElement Json(OutboxMessage message) => JsonDocument.Parse(message.Body).RootElement;

    public static LockedOtp Locked(
        OtpStatus status = OtpStatus.Pending, int attempts = 0, string pin = "123456", string? metadata = null, int maxAttempts = 5,
        Guid? id = null, RecipientHistory? history = null, byte[]? details = null, decimal cost = 0,
        CallbackEvents? callbackEvents = null, string? plan = null, string? externalId = null, bool isTest = false,
        PublishedEvents? events = null, string? countryIso = "FR", params DeliveryStatus[] deliveries)
    {
        var otpId = id ?? Guid.CreateVersion7();
        var otp = new Otp
        {
            Id = otpId,
            ApplicationId = Application().Id,
            Channel = Channel.Sms,
            Plan = plan,
            CountryIso = countryIso,
            RecipientHash = RecipientHash,
            Details = details ?? Secrets.EncryptDetails(otpId, Details),
            Status = status,
            Sequence = 1,
            CallbackEvents = callbackEvents,
            Events = events,
            Attempts = attempts,
            MaxAttempts = maxAttempts,
            Parts = 1,
            Cost = cost,
            Metadata = Secrets.EncryptAttached(otpId, metadata, externalId),
            IsTest = isTest,
            CreatedAt = Now,
            ExpiresAt = Now.AddSeconds(300),
        };
        var row = new OtpPin { OtpId = otpId, Version = 1, Ciphertext = Secrets.EncryptPin(otpId, 1, new(pin)), KeyId = Secrets.CurrentKeyId, ValidUntil = otp.ExpiresAt };
        return new(otp, row, [.. deliveries.Select((d, i) => Delivery(otpId, d, i + 1))], history ?? History());
    }

    public static Delivery Delivery(
        Guid otpId, DeliveryStatus status, int attempt = 1, string provider = "sandbox", decimal cost = 0, int step = 1) => new()
    {
        Id = Guid.CreateVersion7(),
        OtpId = otpId,
        Channel = Channel.Sms,
        Route = "default",
        Provider = provider,
        Cost = cost,
        Step = step,
        Attempt = attempt,
        Round = attempt,
        Status = status,
        CreatedAt = Now,
        DueAt = Now,
        PublishDueAt = Now.AddSeconds(15),
        LeaseId = status == DeliveryStatus.Sending ? Guid.CreateVersion7() : null,
        LeaseUntil = status == DeliveryStatus.Sending ? Now.AddSeconds(30) : null,
    };

    /// <summary>Taken from its queue just now, so long after it was published last.</summary>
    public static Delivery Claimed(TimeSpan lag, Channel channel = Channel.Sms, int republished = 0) => new()
    {
        Id = Guid.CreateVersion7(),
        OtpId = Guid.CreateVersion7(),
        Channel = channel,
        Route = "default",
        Provider = "sandbox",
        Step = 1,
        Attempt = 1,
        Status = DeliveryStatus.Sending,
        Republished = republished,
        PublishDueAt = Now - lag + DeliveryRules.RepublishAfter(TimeSpan.FromSeconds(15), republished),
        UpdatedAt = Now,
    };

    /// <summary>Routes of these options, with the sandbox on.</summary>
    public static ProviderChoice Routes(DeliveryOptions? options = null) =>
        new(Options.Create(options ?? new DeliveryOptions()), Options.Create(new SandboxOptions { Enabled = true }));

    /// <summary>The consequences of outcomes and receipts, with the prices of these options.</summary>
    public static DeliveryConsequences Consequences(DeliveryOptions? options = null) =>
        new(Routes(options), Secrets, Options.Create(options ?? new DeliveryOptions()));

    /// <summary>Budgets of applications that may all spend so much a day; null for anything.</summary>
    public static SpendingBudgets Budgets(DeliveryOptions? options = null, decimal? limit = null) => new(_ => limit, Routes(options));

    public static PublishQuota Quota(DeliveryOptions? options = null) =>
        new(new(Options.Create(options ?? new DeliveryOptions())), Options.Create(options ?? new DeliveryOptions()));

    public static RecipientHistory History() => new() { ApplicationId = Application().Id, RecipientHash = RecipientHash };

    public static NewOtp NewOtp(string? key = null, string command = "", decimal cost = 0, Application? application = null) => new(
        Validate().Value with { Options = new(application ?? Application()) },
        Guid.CreateVersion7(),
        RecipientHash,
        [4],
        [5],
        "k1",
        "default",
        1,
        cost,
        key is null ? null : Secrets.HashIdempotencyKey(key),
        key is null ? null : Secrets.HashCommand(command));
}
