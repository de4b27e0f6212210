using System.Diagnostics;
using OpenTelemetry.Trace;

namespace OtpPipeline.Hosting.Telemetry;

/// <summary>Drops spans outside a request or message, such as those of jobs and sweepers, some of which poll every second.</summary>
internal sealed class WithoutOwnPolling : Sampler
{
    private readonly ParentBasedSampler _others = new(new AlwaysOnSampler());

    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters) =>
        samplingParameters is { Kind: ActivityKind.Client, ParentContext.SpanId: var parent } && parent == default
            ? new(SamplingDecision.Drop)
            : _others.ShouldSample(samplingParameters);
}
