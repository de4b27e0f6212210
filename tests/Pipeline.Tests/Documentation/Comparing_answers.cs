using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Documentation;

/// <summary>What the tests of the examples see, and what they let pass.</summary>
public sealed class Comparing_answers
{
    [Theory]
    [InlineData("""{"otpId":"01a1","sequence":1}""", """{"sequence":7,"otpId":"99ff"}""")]
    [InlineData("""{"status":"SENT",...}""", """{"id":"1","status":"SENT"}""")]
    [InlineData("""[{"id":"1"}]""", """[{"id":"2"},{"id":"3"}]""")]
    [InlineData("{\"a\":1,\n \"b\":...}\n200", "{\"a\":2,\"b\":[]}\n200")]
    [InlineData("HTTP/1.1 201 Created\nLocation: /otp/1", "HTTP/1.1 201 Created\r\nLocation: /otp/2\r\nDate: now\r\n")]
    public void Takes_other_values_of_the_same_shape(string shown, string answered) =>
        ShownAnswer.Differences(shown, answered).ShouldBeEmpty();

    [Theory]
    [InlineData("""{"otpId":"1"}""", """{"otpId":"1","more":1}""")]
    [InlineData("""{"otpId":"1","gone":1}""", """{"otpId":"1"}""")]
    [InlineData("""{"status":"SENT"}""", """{"status":"FAILED"}""")]
    [InlineData("""{"a":"text"}""", """{"a":1}""")]
    [InlineData("""[{"id":"1"}]""", "[]")]
    [InlineData("""{"a":1}""", "curl: no answer")]
    [InlineData("201", "200")]
    [InlineData("Location: /otp/1", "Date: now")]
    public void Names_what_is_not_so(string shown, string answered) => ShownAnswer.Differences(shown, answered).ShouldNotBeEmpty();

    [Fact]
    public void Finds_indented_and_fenced_blocks()
    {
        string[] page = ["text", "", "    one", "", "    two", "", "text", "```sh", "three", "```"];

        Example.From("page", page).Select(e => (e.Line, e.Text)).ShouldBe([(3, "one\n\ntwo"), (9, "three")]);
    }
}
