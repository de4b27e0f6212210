using OtpPipeline.Workers.Providers.Smtp;

namespace OtpPipeline.Workers.Tests.Providers.Smtp;

public sealed class The_message_id_in_an_answer
{
    [Theory]
    [InlineData("2.0.0 Ok: queued as 4YzT2h1Wvc", "4YzT2h1Wvc")]
    [InlineData("2.0.0 OK: queued as <202611271010.2212345@relay.example>", "202611271010.2212345@relay.example")]
    [InlineData("Ok: queued as kd8Wq-1aSTy", "kd8Wq-1aSTy")]
    [InlineData("OK id=1rYbK5-0004jD-2Q", "1rYbK5-0004jD-2Q")]
    [InlineData("Ok 0100018c5f2e7a1b-6f1d2c3e-7a8b-4c5d-9e0f-000000", "0100018c5f2e7a1b-6f1d2c3e-7a8b-4c5d-9e0f-000000")]
    [InlineData("2.0.0 OK 4B/83-12345-6F0A", "4B/83-12345-6F0A")]
    [InlineData("2.0.0 OK  1764238212 5b1f17b1804b1-4790add5f1fsm44 - gsmtp", "5b1f17b1804b1-4790add5f1fsm44")]
    [InlineData("Message Queued (9E4F6D2A-1B2C-4D3E.1)", "9E4F6D2A-1B2C-4D3E.1")]
    [InlineData("2.0.0 5ARAAC1V012345 Message accepted for delivery", "5ARAAC1V012345")]
    [InlineData("first line\n2.0.0 Ok: queued as 4YzT2h1Wvc", "4YzT2h1Wvc")]
    public void Is_found_as_servers_write_it(string answer, string id) => SmtpMessageId.In(answer).ShouldBe(id);

    [Theory]
    [InlineData("")]
    [InlineData("OK")]
    [InlineData("2.0.0 queued")]
    [InlineData("Message accepted for delivery")]
    [InlineData("2.0.0 Ok: queued as later")]
    [InlineData("Great success")]
    public void Is_none_where_there_is_none(string answer) => SmtpMessageId.In(answer).ShouldBeNull();

    [Fact]
    public void Is_none_where_it_is_longer_than_an_id() => SmtpMessageId.In($"Ok: queued as {new string('1', 300)}").ShouldBeNull();
}
