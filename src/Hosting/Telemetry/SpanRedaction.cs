using System.Diagnostics;
using OpenTelemetry;
using OtpPipeline.Core.Formats;
using OtpPipeline.Core.Recipients;

namespace OtpPipeline.Hosting.Telemetry;

/// <summary>Removes data that may be secret from spans: queries, paths, and texts from message senders.</summary>
/// <remarks>The route template stays.</remarks>
internal sealed class SpanRedaction : BaseProcessor<Activity>
{
    /// <summary>A sender can put any text into its message id and into the name of its answer queue.</summary>
    private static readonly string[] ChosenBySenders = ["messaging.message.id", "messaging.rabbitmq.destination.routing_key"];

    public override void OnEnd(Activity data)
    {
        foreach (var name in ChosenBySenders)
        {
            if (data.GetTagItem(name) is string text && !IsOurs(text))
            {
                data.SetTag(name, null);
            }
        }

        data.SetTag("url.query", null);
        data.SetTag("http.target", null);
        if (data.GetTagItem("url.path") is not null)
        {
            data.SetTag("url.path", data.GetTagItem("http.route"));
        }

        if (data.GetTagItem("url.full") is string full)
        {
            data.SetTag("url.full", Uri.TryCreate(full, UriKind.Absolute, out var uri) ? uri.GetLeftPart(UriPartial.Authority) : null);
        }
    }

    private static bool IsOurs(string text) => Guid.TryParse(text, out _) || EnumText<Channel>.TryParse(text, out _);
}
