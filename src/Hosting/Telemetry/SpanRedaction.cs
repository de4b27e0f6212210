using System.Diagnostics;
using OpenTelemetry;

namespace OtpPipeline.Hosting.Telemetry;

/// <summary>Takes out of spans what may carry a secret: queries, and paths, which some dialects and providers put PINs and tokens into. The route template stays.</summary>
internal sealed class SpanRedaction : BaseProcessor<Activity>
{
    public override void OnEnd(Activity data)
    {
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
}
