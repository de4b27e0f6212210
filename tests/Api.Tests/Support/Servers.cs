namespace OtpPipeline.Api.Tests.Support;

internal static class Servers
{
    private const string Reason = "needs ./test, which starts PostgreSQL and RabbitMQ";

    public static string? Postgres => Environment.GetEnvironmentVariable("OTP_TEST_POSTGRES");

    public static void SkipWithout() => Assert.SkipWhen(string.IsNullOrEmpty(Postgres), Reason);
}
