namespace OtpPipeline.Outbox.Tests.Support;

internal static class Servers
{
    private const string Reason = "needs ./test, which starts PostgreSQL and RabbitMQ";

    public static string Postgres => Get("OTP_TEST_POSTGRES");

    public static Uri RabbitMq => new(Get("OTP_TEST_RABBITMQ"));

    private static string Get(string name)
    {
        var value = Environment.GetEnvironmentVariable(name);
        Assert.SkipWhen(string.IsNullOrEmpty(value), Reason);
        return value!;
    }
}
