using System.Net;
using OtpPipeline.Api.Tests.Support;

namespace OtpPipeline.Api.Tests.Admin.Otps;

public sealed class Finding_otps_of_all_applications
{
    private readonly ApiHost _host;
    private readonly ApiClient _admin;

    public Finding_otps_of_all_applications(ApiHost host)
    {
        Servers.SkipWithout();
        _host = host;
        _admin = new(host.Factory.CreateClient(), host.AdminKey);
    }

    [Fact]
    public async Task Finds_a_recipient_in_each_application_newest_first()
    {
        var phoneNumber = Recipients.Next();
        var (shop, other) = (_host.Client(_host.Shop), _host.Client(_host.OtherShop));
        var first = (await shop.RequestAsync(new { phoneNumber })).Json.GetProperty("otpId").GetGuid();
        var second = (await other.RequestAsync(new { phoneNumber })).Json.GetProperty("otpId").GetGuid();

        var query = $"recipient={Uri.EscapeDataString(phoneNumber)}";
        (await FindAsync(query)).ShouldBe([(_host.OtherShop.Id, second), (_host.Shop.Id, first)]);
        (await FindAsync($"{query}&applicationId={_host.Shop.Id}")).ShouldBe([(_host.Shop.Id, first)]);
    }

    [Fact]
    public async Task Lists_all_applications_together_page_by_page()
    {
        var (one, other) = (await _host.Admin().WithApplicationAsync(), await _host.Admin().WithApplicationAsync());

        // Of a day that no other test uses.
        var day = new DateTime(2020, 1, Random.Shared.Next(1, 28), 0, 0, 0, DateTimeKind.Utc).AddYears(-Random.Shared.Next(1, 15));
        var ids = new List<Guid>();
        for (var i = 0; i < 3; i++)
        {
            ids.InsertRange(0, await _host.AddOtpsAsync(one.Tenant.Id, 50, createdAt: day.AddHours((2 * i) + 1)));
            ids.InsertRange(0, await _host.AddOtpsAsync(other.Tenant.Id, 50, createdAt: day.AddHours((2 * i) + 2)));
        }

        var seen = new List<Guid>();
        string? cursor = "";
        do
        {
            var page = await _admin.GetAsync($"/admin/otp?from={day:O}&to={day.AddDays(1):O}{cursor}");
            page.Status.ShouldBe(HttpStatusCode.OK, page.Text);
            seen.AddRange(page.Json.GetProperty("data").EnumerateArray().Select(o => o.GetProperty("otp").GetProperty("otpId").GetGuid()));
            cursor = page.Json.GetProperty("next").GetString() is { } next ? $"&cursor={next}" : null;
        }
        while (cursor is not null);

        seen.ShouldBe(ids);
    }

    [Theory]
    [InlineData("applicationId=shop", 2101, "The parameter 'applicationId' must be the UUID of an application")]
    [InlineData("applicationId=", 2101, "The parameter 'applicationId' must be the UUID of an application")]
    [InlineData("status=sent", 2101, "The parameter 'status' must be pending, verified, expired, cancelled or failed")]
    [InlineData("recipient=x&channel=email", 2103, "The parameter 'recipient' is not a valid e-mail address")]
    [InlineData("cursor=nonsense", 2101, "The query parameter 'cursor' is unknown: send the 'next' of an answer")]
    public async Task Says_which_parameter_is_wrong(string query, int code, string detail) =>
        (await _admin.GetAsync($"/admin/otp?{query}")).ShouldBeProblem(400, code, detail);

    [Fact]
    public async Task Needs_the_key_of_the_operator() =>
        (await _host.Client(_host.Shop).GetAsync("/admin/otp")).Status.ShouldBe(HttpStatusCode.Unauthorized);

    private async Task<List<(Guid, Guid)>> FindAsync(string query) =>
    [
        .. (await _admin.GetAsync($"/admin/otp?{query}")).Json.GetProperty("data").EnumerateArray()
            .Select(o => (o.GetProperty("applicationId").GetGuid(), o.GetProperty("otp").GetProperty("otpId").GetGuid())),
    ];
}
