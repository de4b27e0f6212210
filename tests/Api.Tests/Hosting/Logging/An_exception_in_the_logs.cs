using System.Net.Sockets;
using OtpPipeline.Hosting.Logging;

namespace OtpPipeline.Api.Tests.Hosting.Logging;

public sealed class An_exception_in_the_logs
{
    [Fact]
    public void Keeps_its_types_and_loses_messages_that_may_quote_a_secret()
    {
        var failure = new InvalidOperationException("The PIN 482915 is wrong", new FormatException("+33612246400"));

        var text = ExceptionText.From(failure);

        text.ShouldContain("System.InvalidOperationException");
        text.ShouldContain("Caused by System.FormatException");
        text.ShouldNotContain("482915");
        text.ShouldNotContain("+336");
        ExceptionText.MessagesOf(failure).ShouldBe("InvalidOperationException / FormatException");
    }

    [Fact]
    public void Keeps_what_an_operator_needs_of_a_lost_connection()
    {
        var failure = new IOException("secret path", new SocketException((int)SocketError.ConnectionRefused));

        ExceptionText.MessagesOf(failure).ShouldBe("IOException / SocketException: Connection refused");
    }

    [Fact]
    public void Of_the_database_says_its_state_only()
    {
        var failure = new Npgsql.PostgresException(
            "duplicate key (phone)=(+33612246400)", "ERROR", "ERROR", "23505", detail: "Key (phone)=(+33612246400)");

        ExceptionText.From(failure).ShouldStartWith("Npgsql.PostgresException: SQLSTATE 23505");
        ExceptionText.From(failure).ShouldNotContain("+336");
    }
}
