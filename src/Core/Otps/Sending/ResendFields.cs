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
    public static ResendFields Read(JsonElement body) => new(JsonField.From(body, "channel"), JsonField.From(body, "resendPolicy"));

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
