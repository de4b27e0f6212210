using OtpPipeline.Api.Dialects;

namespace OtpPipeline.Api.Native;

/// <summary>Section <c>Native</c>: the wire of the SMSCX OTP API.</summary>
public sealed class NativeOptions : DialectOptions
{
    public const string Section = "Native";
}
