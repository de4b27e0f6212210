using System.Diagnostics;
using OpenTelemetry.Trace;

namespace OtpPipeline.Hosting.Telemetry;

/// <summary>Leaves out calls that belong to no request and no message: the polling of jobs and sweepers, some a second for ever.</summary>
internal sealed class WithoutOwnPolling : Sampler
{
    private readonly ParentBasedSampler _others = new(new AlwaysOnSampler());

    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters) =>
        samplingParameters is { Kind: ActivityKind.Client, ParentContext.SpanId: var parent } && parent == default
            ? new(SamplingDecision.Drop)
            : _others.ShouldSample(samplingParameters);
}
