namespace OtpPipeline.Core.Receipts;

/// <summary>A message by the name that its provider gave it.</summary>
/// <param name="Provider">Name of the configured provider.</param>
/// <param name="Id">The provider's id, at most <see cref="MaxId"/> characters.</param>
public readonly record struct ProviderMessage(string Provider, string Id)
{
    /// <summary>A longer id is not stored, so nothing is found by it.</summary>
    public const int MaxId = 255;
}
