namespace OtpPipeline.Core.Applications;

/// <summary>What the requests of a key are for.</summary>
public enum KeyKind
{
    /// <summary>They reach people.</summary>
    Live,

    /// <summary>Everything goes to the sandbox.</summary>
    Test,
}
