using System.Collections.Frozen;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using OtpPipeline.Core.Bodies;
using OtpPipeline.Core.Formats;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Core.Rules;

namespace OtpPipeline.Core.Otps.Requests;

/// <summary>A step of a delivery plan; the channel's name alone is taken too.</summary>
/// <example>{"channel":"call","waitSeconds":60}</example>
public sealed record StepFields
{
    private static readonly FrozenSet<string> Fields = FieldWarnings.FieldsOf(typeof(StepFields));

    /// <summary>How the step sends.</summary>
    [WordsOf<Channel>]
    public JsonField Channel { get; init; }

    /// <summary>How long the step waits after the step before was sent; 60 seconds unless given. Not on the first step.</summary>
    [Range(OptionRules.MinStepWait, OptionRules.MaxStepWait)]
    public JsonField WaitSeconds { get; init; }

    /// <summary>Another address than phoneNumber, email or chatId of the request.</summary>
    public JsonField Recipient { get; init; }

    /// <summary>The list of steps; null when the value is no list.</summary>
    internal static IReadOnlyList<StepFields>? ReadAll(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().Select(Read)] : null;

    /// <summary>Names of fields that a step does not have, such as channels[1].wait.</summary>
    internal static IEnumerable<string> Unknown(JsonElement value) => value.ValueKind != JsonValueKind.Array
        ? []
        : value.EnumerateArray().Index().Where(s => s.Item.ValueKind == JsonValueKind.Object)
            .SelectMany(s => FieldWarnings.Unknown(s.Item, Fields, [], $"channels[{s.Index}]."));

    private static StepFields Read(JsonElement step) => step.ValueKind == JsonValueKind.Object
        ? new()
        {
            Channel = JsonField.From(step, "channel"),
            WaitSeconds = JsonField.From(step, "waitSeconds"),
            Recipient = JsonField.From(step, "recipient"),
        }
        : new() { Channel = JsonField.From(step) };

    /// <summary>Prints the type name only: it may hold a recipient.</summary>
    public override string ToString() => nameof(StepFields);
}
