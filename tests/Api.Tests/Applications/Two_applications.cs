using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using OtpPipeline.Api.Tests.Support;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Applications.Identifiers;
using OtpPipeline.Core.Applications.Lookup;

namespace OtpPipeline.Api.Tests.Applications;

public sealed class Two_applications
{
    private readonly ApiHost _host;

    public Two_applications(ApiHost host)
    {
        Servers.SkipWithout();
        _host = host;
    }

    [Fact]
    public async Task Share_no_key_token_or_id()
    {
        var admin = _host.Admin();
        var mine = await admin.WithApplicationAsync();
        var theirs = await admin.WithApplicationAsync();
        await _host.RefreshAsync();
        var otpId = await _host.Client(theirs.Tenant).WithRequestedOtpAsync();
        var pin = await _host.PinOfAsync(otpId);
        var byToken = _host.Client(tenant: null);
        byToken.Http.DefaultRequestHeaders.Authorization = new("Bearer", Token(mine));

        foreach (var client in new[] { _host.Client(mine.Tenant), byToken })
        {
            (await client.ReadAsync(otpId)).ShouldBeRefused(404, "not_found", 2021, "Otp ID not found");
            (await client.VerifyAsync(otpId, pin)).ShouldBeRefused(404, "not_found", 2021, "Otp ID not found");
            (await client.CancelAsync(otpId)).ShouldBeRefused(404, "not_found", 2021, "Otp ID not found");
            (await client.GetAsync($"/otp/{otpId}/callbacks")).Status.ShouldBe(HttpStatusCode.NotFound);
            (await client.GetAsync($"/applications/{theirs.Id}")).ShouldBeRefused(404, "not_found", 1500, "Application ID not found");
            (await client.GetAsync("/applications")).Text.ShouldNotContain(theirs.Id);
        }

        (await AskAsync(mine.Id, theirs.Secret)).ShouldBe(HttpStatusCode.Unauthorized);
        (await AskAsync(mine.Id, mine.Key)).ShouldBe(HttpStatusCode.Unauthorized);
        (await AskAsync(mine.Id, mine.Secret)).ShouldBe(HttpStatusCode.OK);
        foreach (var noKey in new[] { mine.Secret, mine.WebhookSecret, mine.Id, Token(mine) })
        {
            (await _host.Client(mine.Tenant with { Key = noKey }).GetAsync("/applications")).Status.ShouldBe(HttpStatusCode.Unauthorized);
            (await _host.Admin(noKey).GetAsync()).Status.ShouldBe(HttpStatusCode.Unauthorized);
        }

        (await _host.Client(theirs.Tenant).VerifyAsync(otpId, pin)).Status.ShouldBe(HttpStatusCode.OK);
    }

    private string Token(MadeApplication made) => _host.Services.GetRequiredService<AccessTokens>().Issue(
        _host.Services.GetRequiredService<ApplicationDirectory>().Find(IdentifierKind.TokenClient, made.Id)!.Identifier, made.Secret,
        Scopes.All, TimeSpan.FromMinutes(5));

    private async Task<HttpStatusCode> AskAsync(string id, string secret)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/oauth/token")
        {
            Content = new FormUrlEncodedContent([new("grant_type", "client_credentials")]),
        };
        request.Headers.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{id}:{secret}")));
        using var response = await _host.Factory.CreateClient().SendAsync(request);
        return response.StatusCode;
    }
}
