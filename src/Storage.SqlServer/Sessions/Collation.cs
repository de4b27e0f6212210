namespace OtpPipeline.Storage.SqlServer.Sessions;

/// <summary>How text is compared.</summary>
internal static class Collation
{
    /// <summary>By default most servers compare case-insensitively: message ids "a" and "A" would be equal.</summary>
    public const string Exact = "Latin1_General_100_BIN2";
}
