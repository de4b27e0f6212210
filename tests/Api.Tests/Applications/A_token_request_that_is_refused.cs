using OtpPipeline.Api.Tests.Support;

namespace OtpPipeline.Api.Tests.Applications;

public sealed class A_token_request_that_is_refused
{
    private readonly ApiHost _host;
    private readonly TokenClient _tokens;

    public A_token_request_that_is_refused(ApiHost host)
    {
        Servers.SkipWithout();
        _host = host;
        _tokens = new(host);
    }

    [Theory]
    [InlineData("", 400, "invalid_request", "The request is missing a required parameter (grant_type)")]
    [InlineData("scope=otp", 400, "invalid_request", "The request is missing a required parameter (grant_type)")]
    [InlineData("grant_type=", 400, "invalid_request", "The request is missing a required parameter (grant_type)")]
    [InlineData("grant_type=password", 400, "unsupported_grant_type", "The grant type is not supported (only client_credentials)")]
    [InlineData("grant_type=client_credentials&scope=viber", 400, "invalid_scope", "The requested scope is invalid, unknown, or malformed")]
    [InlineData(
        "grant_type=client_credentials&scope=otp,sms", 400, "invalid_scope", "The requested scope is invalid, unknown, or malformed")]
    [InlineData(
        "grant_type=client_credentials&grant_type=client_credentials", 400, "invalid_request",
        "The request is malformed (application/x-www-form-urlencoded with each parameter once)")]
    public async Task Has_a_wrong_form(string form, int status, string type, string message) =>
        (await _tokens.AskAsync(form)).ShouldBeRefused(status, type, 1600, message);

    [Fact]
    public async Task Is_no_form_or_too_large()
    {
        var json = await _tokens.AskAsync(
            """{"grant_type":"client_credentials"}""", BasicHeader.From($"{_host.Shop.Id}:{_host.ShopSecret}"), "application/json");
        var large = await _tokens.AskAsync("grant_type=client_credentials&x=" + new string('x', 70_000));

        foreach (var answer in new[] { json, large })
        {
            answer.ShouldBeRefused(
                400, "invalid_request", 1600, "The request is malformed (application/x-www-form-urlencoded with each parameter once)");
        }
    }

    [Fact]
    public async Task Has_wrong_credentials()
    {
        var shop = _host.Shop.Id;
        string?[] wrong =
        [
            null, "Basic", "Basic !!!", BasicHeader.From("no-colon"), BasicHeader.From($"{shop}:"),
            BasicHeader.From($"{shop}:{_host.ShopSecret}x"), BasicHeader.From($"{Guid.CreateVersion7()}:{_host.ShopSecret}"),
            BasicHeader.From($"{_host.OtherShop.Id}:{_host.ShopSecret}"), BasicHeader.From($":{_host.ShopSecret}"),
            BasicHeader.From("beem-key:beem-secret=="), $"Bearer {_host.ShopSecret}",
        ];
        foreach (var credentials in wrong)
        {
            var answer = await _tokens.AskAsync("grant_type=client_credentials", credentials);

            answer.ShouldBeRefused(401, "invalid_client", 1600, "Invalid client");
            answer["WWW-Authenticate"].ShouldBe("Basic realm=\"OtpPipeline\", charset=\"UTF-8\"");
        }
    }

    [Fact]
    public async Task Comes_by_GET() =>
        (await _host.Client(tenant: null).GetAsync("/oauth/token"))
            .ShouldBeRefused(405, "invalid_method", 2114, "The method is not allowed here");
}
