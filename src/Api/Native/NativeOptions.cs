using OtpPipeline.Api.CompatibleApis;

namespace OtpPipeline.Api.Native;

/// <summary>Section <c>Native</c>: the API that is compatible with the SMSCX OTP API.</summary>
public sealed class NativeOptions : CompatibleApiOptions
{
    public const string Section = "Native";
}
