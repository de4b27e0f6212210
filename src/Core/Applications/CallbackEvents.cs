namespace OtpPipeline.Core.Applications;

/// <summary>Which changes an application is called back for.</summary>
public enum CallbackEvents
{
    /// <summary>Each change of the OTP's status.</summary>
    Status,

    /// <summary>Those, and each change of a delivery.</summary>
    All,
}
