using System.Net.Http.Headers;
using System.Text;
using OtpPipeline.Workers.Providers.Http.Requests;

namespace OtpPipeline.Workers.Tests.Providers.Http.Requests;

/// <summary>Vectors of AWS's published test suite for Signature Version 4, with its key, its time and its names.</summary>
public sealed class Signing_for_AWS
{
    private const string Form = "application/x-www-form-urlencoded";
    private const string Least = "host;x-amz-date";
    private const string Unreserved = "/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static readonly DateTime At = new(2015, 8, 30, 12, 36, 0, DateTimeKind.Utc);

    [Theory]
    [InlineData("GET", "/", null, null, Least,
        "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")]
    [InlineData("GET", "/?Param2=value2&Param1=value1", null, null, Least,
        "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500")]
    [InlineData("GET", Unreserved, null, null, Least,
        "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f")]
    [InlineData("GET", "/", "My-Header1: value1|My-Header2: \"a   b   c\"", null, "host;my-header1;my-header2;x-amz-date",
        "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736")]
    [InlineData("POST", "/", null, null, Least,
        "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b")]
    [InlineData("POST", "/", "My-Header1: value1", null, "host;my-header1;x-amz-date",
        "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c")]
    [InlineData("POST", "/", null, "Param1=value1", "content-type;host;x-amz-date",
        "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a")]
    public void Makes_the_published_signature(string method, string target, string? headers, string? body, string signed, string signature)
    {
        using var request = Request(method, target, headers, body);

        Signer("").Sign(request, Encoding.UTF8.GetBytes(body ?? ""), At);

        request.Headers.NonValidated["X-Amz-Date"].ToString().ShouldBe("20150830T123600Z");
        request.Headers.NonValidated["Authorization"].ToString().ShouldBe(
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, " +
            $"SignedHeaders={signed}, Signature={signature}");
    }

    [Fact]
    public void Covers_the_token_of_temporary_credentials_and_the_body()
    {
        string Signature(string token, string body)
        {
            using var request = Request("POST", "/", null, body);
            Signer(token).Sign(request, Encoding.UTF8.GetBytes(body), At);
            return request.Headers.NonValidated["Authorization"].ToString();
        }

        Signature("token", "a=1").ShouldContain("SignedHeaders=content-type;host;x-amz-date;x-amz-security-token,");
        new[] { Signature("token", "a=1"), Signature("other", "a=1"), Signature("token", "a=2") }.Distinct().Count().ShouldBe(3);
    }

    [Fact]
    public void Prints_no_secret() => Signer("t0ken").ToString().ShouldBe(nameof(AwsRequestSigner));

    private static AwsRequestSigner Signer(string token) =>
        new("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", token, "us-east-1", "service");

    private static HttpRequestMessage Request(string method, string target, string? headers, string? body)
    {
        var request = new HttpRequestMessage(new(method), new Uri($"https://example.amazonaws.com{target}"));
        foreach (var header in headers?.Split('|') ?? [])
        {
            request.Headers.TryAddWithoutValidation(header.Split(": ")[0], header.Split(": ")[1]);
        }

        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(Form);
        }

        return request;
    }
}
