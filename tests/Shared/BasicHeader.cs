using System.Text;

namespace OtpPipeline.Tests.Shared;

/// <summary>The Authorization header of HTTP Basic.</summary>
internal static class BasicHeader
{
    /// <param name="pair">user:password</param>
    public static string From(string pair) => "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(pair));
}
