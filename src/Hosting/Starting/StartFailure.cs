namespace OtpPipeline.Hosting.Starting;

/// <summary>Why a host stops during its start; printed on the standard error after it has ended.</summary>
internal sealed class StartFailure
{
    public string? Sentence { get; set; }
}
