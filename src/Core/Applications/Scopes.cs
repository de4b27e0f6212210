namespace OtpPipeline.Core.Applications;

/// <summary>The scopes of keys and access tokens.</summary>
public static class Scopes
{
    public const string Otp = "otp";

    /// <summary>Accepted because clients of the native API request it; no endpoint requires it.</summary>
    public const string Sms = "sms";

    public static readonly IReadOnlyList<string> All = [Otp, Sms];

    /// <summary>The error text for a list of scopes.</summary>
    public static readonly string Expected = $"must be a list of: {string.Join(", ", All)}";

    public static bool IsKnown(string scope) => All.Contains(scope, StringComparer.Ordinal);
}
