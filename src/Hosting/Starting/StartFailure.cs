namespace OtpPipeline.Hosting.Starting;

/// <summary>Why a host stops that had begun to start; the standard error shows it when it has ended.</summary>
internal sealed class StartFailure
{
    public string? Sentence { get; set; }
}
