namespace OtpPipeline.Core.Applications;

/// <summary>Which changes of an application's OTPs are published as events on the bus.</summary>
public enum PublishedEvents
{
    None,

    /// <summary>Each change of the OTP's status.</summary>
    Status,

    /// <summary>Those, and each change of a delivery.</summary>
    All,
}
