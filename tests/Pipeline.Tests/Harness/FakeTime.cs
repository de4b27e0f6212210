using Xunit;

namespace OtpPipeline.Pipeline.Tests.Harness;

/// <summary>A wrong clock for a process, without touching the machine's.</summary>
internal static class FakeTime
{
    private static string Library
    {
        get
        {
            var library = Environment.GetEnvironmentVariable("OTP_TEST_FAKETIME");
            Assert.SkipWhen(string.IsNullOrEmpty(library), "needs ./test, which installs faketime");
            return library!;
        }
    }

    /// <summary>Makes the clock of a process wrong by so much: +1h, -1h.</summary>
    public static void Set(Dictionary<string, string> environment, string offset)
    {
        environment["LD_PRELOAD"] = Library;
        environment["FAKETIME"] = offset;
        environment["FAKETIME_DONT_FAKE_MONOTONIC"] = "1";
    }
}
