using System.ComponentModel.DataAnnotations;
using OtpPipeline.Hosting.Bus.Connection;

namespace OtpPipeline.Workers.Tests.Hosting.Bus.Connection;

public sealed class The_address_of_the_broker
{
    [Theory]
    [InlineData("http://localhost/")]
    [InlineData("localhost:5672")]
    [InlineData("amqp://user:s3cret@:5672/")]
    public void A_wrong_uri_is_one_sentence_without_the_password(string uri)
    {
        var sentence = Sentences(new() { Uri = uri }).ShouldHaveSingleItem();

        sentence.ShouldStartWith("RabbitMq:Uri");
        sentence.ShouldNotContain("s3cret");
    }

    [Fact]
    public void Each_wrong_part_is_named() =>
        Sentences(
            new() { Host = " ", VirtualHost = "", Username = "", Port = 70_000 }).ShouldContain(s => s.StartsWith(
                "RabbitMq:Port", StringComparison.Ordinal));

    [Theory]
    [InlineData("amqp://a:b@broker:5673/vh")]
    [InlineData("amqps://broker.example")]
    public void A_right_uri_passes(string uri) => Sentences(new() { Uri = uri }).ShouldBeEmpty();

    private static List<string> Sentences(RabbitMqOptions options)
    {
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true);
        return results.ConvertAll(r => r.ErrorMessage!);
    }
}
