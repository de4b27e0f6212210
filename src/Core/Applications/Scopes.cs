namespace OtpPipeline.Core.Applications;

/// <summary>What keys and access tokens may be allowed to do.</summary>
public static class Scopes
{
    public const string Otp = "otp";

    /// <summary>Known because the clients of the native API ask for it; nothing needs it.</summary>
    public const string Sms = "sms";

    public static readonly IReadOnlyList<string> All = [Otp, Sms];

    /// <summary>What an error says of a list of scopes.</summary>
    public static readonly string Expected = $"must be a list of: {string.Join(", ", All)}";

    public static bool IsKnown(string scope) => All.Contains(scope, StringComparer.Ordinal);
}
