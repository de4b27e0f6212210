using System.Text.Json.Serialization;
using OtpPipeline.Api.Responses;
using OtpPipeline.Core.Formats;
using OtpPipeline.Core.Recipients;

namespace OtpPipeline.Api.Providers;

/// <summary>All providers.</summary>
/// <example>
/// {"data":[{"name":"twilio","paused":false,"weight":null,"routes":[{"channel":"sms","route":"france"}],"processes":2,"share":0.7,
/// "lastMinute":{"accepted":412,"unknown":1},"running":3,"concurrency":2000,"messagesPerSecond":50,"breaker":"closed","unusableFor":0,
/// "lastErrors":[{"at":"2026-11-20T10:00:00Z","outcome":"unknown","reason":"timeout"}]}]}
/// </example>
public sealed record ProviderListAnswer(IReadOnlyList<ProviderAnswer> Data);

/// <summary>A provider over all worker processes.</summary>
/// <example>
/// {"name":"twilio","paused":true,"weight":null,"routes":[{"channel":"sms","route":"france"}],"processes":2,"share":null,
/// "lastMinute":{},"running":0,"concurrency":2000,"messagesPerSecond":50,"breaker":"closed","unusableFor":0,"lastErrors":[]}
/// </example>
public sealed record ProviderAnswer
{
    public required string Name { get; init; }

    /// <summary>Whether an operator paused it: it gets no messages.</summary>
    public required bool Paused { get; init; }

    /// <summary>The weight that an operator set, in routes with weights; null for that of each route.</summary>
    public required int? Weight { get; init; }

    /// <summary>Routes that lead to it.</summary>
    public required IReadOnlyList<ProviderRouteAnswer> Routes { get; init; }

    /// <summary>Worker processes that have it. 0: none runs, or their configuration lacks it.</summary>
    public required int Processes { get; init; }

    /// <summary>Its part of all messages of the last minute, 0 to 1; null without any.</summary>
    public required double? Share { get; init; }

    /// <summary>Messages of the last minute by outcome: accepted, refused, failed, throttled, not_sent, unknown.</summary>
    public required IReadOnlyDictionary<string, int> LastMinute { get; init; }

    /// <summary>Messages under way.</summary>
    public required int Running { get; init; }

    /// <summary>Messages under way at most, over these processes; null for no limit.</summary>
    public required int? Concurrency { get; init; }

    /// <summary>Messages in any second at most; null for no limit.</summary>
    public required int? MessagesPerSecond { get; init; }

    /// <summary>closed: it is asked; open: it failed too often and is left alone; half_open: one message tries it out. The worst of all
    /// processes.</summary>
    public required string Breaker { get; init; }

    /// <summary>Seconds for which no process asks it; 0 while one does.</summary>
    public required double UnusableFor { get; init; }

    /// <summary>The newest first, at most five.</summary>
    public required IReadOnlyList<ProviderErrorAnswer> LastErrors { get; init; }
}

/// <summary>A route of a channel.</summary>
public sealed record ProviderRouteAnswer([property: WordsOf<Channel>] string Channel, string Route);

/// <summary>An outcome that was no success.</summary>
public sealed record ProviderErrorAnswer(
    [property: JsonConverter(typeof(MomentConverter))] DateTime At, string Outcome, string Reason);

/// <summary>What PUT /admin/providers/{name}/weight takes.</summary>
/// <example>{"weight":70}</example>
public sealed record ProviderWeightBody
{
    /// <summary>0 to 1000; null for the weight of each route.</summary>
    public int? Weight { get; init; }
}

/// <summary>What POST /admin/providers/{name}/test takes.</summary>
/// <example>{"channel":"sms","recipient":"+33612246400"}</example>
public sealed record ProviderTestBody
{
    [WordsOf<Channel>]
    public string? Channel { get; init; }

    /// <summary>Phone number in E.164, e-mail address or chat id.</summary>
    public string? Recipient { get; init; }

    /// <summary>Sender; OtpPipeline unless given.</summary>
    public string? From { get; init; }
}

/// <summary>How the provider took the test message.</summary>
/// <example>
/// {"provider":"twilio","outcome":"failed","scope":"provider","reason":"authentication_failed","providerMessageId":null,"milliseconds":112}
/// </example>
/// <param name="Provider">The provider.</param>
/// <param name="Outcome">accepted, refused, failed, throttled, not_sent or unknown.</param>
/// <param name="Scope">Who is at fault: recipient, provider, throttled, unknown, or null.</param>
/// <param name="Reason">Stable code; null for accepted.</param>
/// <param name="ProviderMessageId">The provider's id of the message.</param>
/// <param name="Milliseconds">How long it took.</param>
public sealed record ProviderTestAnswer(
    string Provider, string Outcome, string? Scope, string? Reason, string? ProviderMessageId, int Milliseconds);

[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ProviderListAnswer))]
[JsonSerializable(typeof(ProviderAnswer))]
[JsonSerializable(typeof(ProviderTestAnswer))]
internal sealed partial class ProviderAnswerJson : JsonSerializerContext
{
    public static readonly ProviderAnswerJson Plain = new(ApiJson.NewOptions());
}
