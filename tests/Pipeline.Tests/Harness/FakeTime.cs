using Xunit;

namespace OtpPipeline.Pipeline.Tests.Harness;

/// <summary>A wrong clock for a process, without touching the machine's.</summary>
internal static class FakeTime
{
    public static string Library
    {
        get
        {
            var library = Environment.GetEnvironmentVariable("OTP_TEST_FAKETIME");
            Assert.SkipWhen(string.IsNullOrEmpty(library), "needs ./test, which installs faketime");
            return library!;
        }
    }
}
