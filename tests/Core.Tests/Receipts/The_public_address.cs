using System.ComponentModel.DataAnnotations;
using OtpPipeline.Core.Receipts;
using Shouldly;
using Xunit;

namespace OtpPipeline.Core.Tests.Receipts;

public class The_public_address
{
    [Theory]
    [InlineData(null)]
    [InlineData("https://otp.example.com")]
    [InlineData("http://127.0.0.1:5080/gate/")]
    public void Is_an_absolute_URL_or_none(string? url) => Problems(url).ShouldBeEmpty();

    [Theory]
    [InlineData("")]
    [InlineData("otp.example.com")]
    [InlineData("/gate")]
    [InlineData("ftp://otp.example.com")]
    [InlineData("https://otp.example.com?a=b")]
    [InlineData("https://otp.example.com#a")]
    [InlineData("https://user:password@otp.example.com")]
    public void Names_its_key_when_it_is_wrong(string url) => Problems(url).ShouldHaveSingleItem().ShouldStartWith("Api:PublicUrl must be");

    private static IEnumerable<string?> Problems(string? url)
    {
        var options = new PublicUrlOptions { PublicUrl = url };
        return options.Validate(new ValidationContext(options)).Select(r => r.ErrorMessage);
    }
}
