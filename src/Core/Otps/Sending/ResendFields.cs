using System.Collections.Frozen;
using System.Text.Json;
using OtpPipeline.Core.Bodies;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Formats;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Core.Rules;

namespace OtpPipeline.Core.Otps.Sending;

/// <summary>The fields of a resend as REST and the bus take them.</summary>
/// <param name="Channel">The channel of the step to send again.</param>
/// <param name="Policy">Which PIN to send.</param>
public readonly record struct ResendFields(JsonField Channel, JsonField Policy)
{
    private static readonly FrozenSet<string> Fields = new[] { "channel", "resendPolicy" }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>A sentence for each field that was ignored; null without any.</summary>
    public IReadOnlyList<string>? Warnings { get; private init; }

    public static ResendFields Read(JsonElement body) => Read(body, []);

    /// <param name="body">The body.</param>
    /// <param name="others">Further fields that belong to the body.</param>
    public static ResendFields Read(JsonElement body, params string[] others) =>
        new(JsonField.From(body, "channel"), JsonField.From(body, "resendPolicy"))
        {
            Warnings = FieldWarnings.From(FieldWarnings.Unknown(body, Fields, others)),
        };

    /// <summary>The command with these fields, or the error of the first one that is not valid.</summary>
    public Result<ResendCommand> Apply(ResendCommand command)
    {
        if (!Channel.IsAbsent)
        {
            if (!EnumText<Recipients.Channel>.TryParse(Channel.Text ?? "", out var channel))
            {
                return OtpErrors.ChannelInvalid;
            }

            command = command with { Channel = channel };
        }

        if (!Policy.IsAbsent)
        {
            if (!EnumText<ResendPolicy>.TryParse(Policy.Text ?? "", out var policy))
            {
                return OtpErrors.ResendPolicyInvalid;
            }

            command = command with { Policy = policy };
        }

        return command;
    }
}
