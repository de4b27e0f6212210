using System.Net;
using Microsoft.EntityFrameworkCore;
using OtpPipeline.Api.Tests.Support;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Core.Sandbox;

namespace OtpPipeline.Api.Tests.Otps;

public sealed class A_test_key
{
    private readonly ApiHost _host;
    private readonly ApiClient _live;
    private readonly ApiClient _test;

    public A_test_key(ApiHost host)
    {
        Servers.SkipWithout();
        _host = host;
        _live = host.Client(host.Shop);
        _test = host.Client(host.ShopTests);
    }

    [Fact]
    public async Task Requests_an_OTP_that_is_marked_and_costs_nothing()
    {
        var live = await _live.RequestAsync(new { phoneNumber = Recipients.Next() });
        var test = await _test.RequestAsync(new { phoneNumber = Recipients.Next() });

        Marks(live).ShouldBe((201, false, 0.1m));
        Marks(test).ShouldBe((201, true, 0m));
        Marks(await _test.ReadAsync(test.Json.GetProperty("otpId"))).ShouldBe((200, true, 0m));
    }

    [Fact]
    public async Task And_a_live_key_see_nothing_of_each_other()
    {
        var (live, test) = (await _live.WithRequestedOtpAsync(), await _test.WithRequestedOtpAsync());

        foreach (var (client, foreign) in new[] { (_live, test), (_test, live) })
        {
            var pin = await _host.PinOfAsync(foreign);
            (await client.ReadAsync(foreign)).ShouldBeRefused(404, "not_found", 2021, "Otp ID not found");
            (await client.VerifyAsync(foreign, pin)).ShouldBeRefused(404, "not_found", 2021, "Otp ID not found");
            (await client.CancelAsync(foreign)).ShouldBeRefused(404, "not_found", 2021, "Otp ID not found");
        }

        (await _test.VerifyAsync(test, await _host.PinOfAsync(test))).Status.ShouldBe(HttpStatusCode.OK);
        (await _live.VerifyAsync(live, await _host.PinOfAsync(live))).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task And_a_live_key_see_no_callbacks_and_no_messages_of_each_other()
    {
        var phoneNumber = Recipients.Next();
        var messages = $"/sandbox/messages?recipient={Uri.EscapeDataString(phoneNumber)}";
        var (live, test) = (await WithCallbacksAsync(_live, phoneNumber), await WithCallbacksAsync(_test, phoneNumber));

        foreach (var (client, own, foreign) in new[] { (_live, live, test), (_test, test, live) })
        {
            (await client.GetAsync($"/otp/{foreign.Otp}/callbacks")).ShouldBeRefused(404, "not_found", 2021, "Otp ID not found");
            (await ReplayAsync(client, foreign)).ShouldBeRefused(404, "not_found", 2021, "Otp ID not found");
            (await client.GetAsync($"/sandbox/callbacks?otpId={foreign.Otp}")).Json.GetArrayLength().ShouldBe(0);

            (await client.GetAsync($"/otp/{own.Otp}/callbacks")).Json.GetProperty("data").GetArrayLength().ShouldBe(1);
            (await ReplayAsync(client, own)).Status.ShouldBe(HttpStatusCode.Accepted);
            (await client.GetAsync($"/sandbox/callbacks?otpId={own.Otp}")).Json.GetArrayLength().ShouldBe(1);
            (await client.GetAsync(messages)).Json.EnumerateArray().Select(m => m.GetProperty("text").GetString())
                .ShouldBe([own.Otp.ToString()]);
        }
    }

    [Fact]
    public async Task Finds_its_own_OTPs_only()
    {
        var externalId = Guid.NewGuid().ToString();
        var live = (await _live.RequestAsync(new { phoneNumber = Recipients.Next(), externalId })).Json.GetProperty("otpId").GetGuid();
        var test = (await _test.RequestAsync(new { phoneNumber = Recipients.Next(), externalId })).Json.GetProperty("otpId").GetGuid();

        (await FoundAsync(_live, externalId)).ShouldBe([live]);
        (await FoundAsync(_test, externalId)).ShouldBe([test]);
    }

    [Fact]
    public async Task Has_idempotency_keys_of_its_own()
    {
        var (phoneNumber, key) = (Recipients.Next(), Guid.NewGuid().ToString());

        var test = await _test.RequestAsync(new { phoneNumber }, key);
        var live = await _live.RequestAsync(new { phoneNumber }, key);

        Marks(live).ShouldBe((201, false, 0.1m));
        live.Json.GetProperty("otpId").GetGuid().ShouldNotBe(test.Json.GetProperty("otpId").GetGuid());
        (await _test.RequestAsync(new { phoneNumber }, key)).Text.ShouldBe(test.Text);
    }

    [Fact]
    public async Task Uses_up_no_limit_and_no_spending_of_live_keys()
    {
        var (live, test) = await WithBothKeysAsync(new { limits = new { sendsPerHour = 1, spendingPerDay = 0.1, failedGuesses = 1 } });
        var phoneNumber = Recipients.Next();

        var otp = (await test.RequestAsync(new { phoneNumber })).Json.GetProperty("otpId").GetGuid();
        await test.VerifyAsync(otp, await _host.WrongPinOfAsync(otp));
        CodeOf(await test.RequestAsync(new { phoneNumber })).ShouldBe(2124);

        Marks(await live.RequestAsync(new { phoneNumber })).ShouldBe((201, false, 0.1m));
        CodeOf(await live.RequestAsync(new { phoneNumber = Recipients.Next() })).ShouldBe(2113);
        Marks(await test.RequestAsync(new { phoneNumber = Recipients.Next() })).ShouldBe((201, true, 0m));
    }

    [Fact]
    public async Task Goes_to_the_sandbox_beside_a_channel_with_a_provider()
    {
        await using var server = new KestrelHost(
            _host, new Dictionary<string, string>(StringComparer.Ordinal) { ["Deliveries:Channels:sms:Provider"] = "gateway" });
        using var http = new HttpClient { BaseAddress = server.Address };

        (await RouteAsync(new(http, _host.Shop.Key))).ShouldBe(DeliveryRoute.Default);
        (await RouteAsync(new(http, _host.ShopTests.Key))).ShouldBe("sandbox");
    }

    [Fact]
    public async Task Is_all_that_a_sandbox_for_test_keys_serves()
    {
        await using var server = new KestrelHost(
            _host, new Dictionary<string, string>(StringComparer.Ordinal) { ["Sandbox:TestKeysOnly"] = "true" });
        using var http = new HttpClient { BaseAddress = server.Address };

        (await RouteAsync(new(http, _host.ShopTests.Key))).ShouldBe("sandbox");
        var refused = await new ApiClient(http, _host.Shop.Key).RequestAsync(new { phoneNumber = Recipients.Next() });
        CodeOf(refused).ShouldBe(2102);
    }

    [Fact]
    public async Task Is_refused_where_there_is_no_sandbox()
    {
        await using var server = new KestrelHost(
            _host, new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["Sandbox:Enabled"] = "false",
                ["Deliveries:Channels:sms:Provider"] = "gateway",
            });
        using var http = new HttpClient { BaseAddress = server.Address };
        var before = await CountAsync();

        var refused = await new ApiClient(http, _host.ShopTests.Key).RequestAsync(new { phoneNumber = Recipients.Next() });

        refused.Status.ShouldBe(HttpStatusCode.Forbidden);
        CodeOf(refused).ShouldBe(2126);
        (await CountAsync()).ShouldBe(before);

        Task<int> CountAsync() => _host.QueryAsync(db => db.Otps.CountAsync(o => o.ApplicationId == _host.Shop.Id && o.IsTest));
    }

    [Fact]
    public async Task Is_made_by_an_operator_and_never_changes_its_kind()
    {
        var made = await _host.Admin().WithApplicationAsync();

        var created = (await _host.Admin().PostAsync($"/{made.Id}/keys", new { kind = "test" })).Json;
        created.GetProperty("apiKey").GetString().ShouldStartWith("otp_test_");
        created.GetProperty("key").GetProperty("kind").GetString().ShouldBe("test");
        created.GetProperty("key").GetProperty("prefix").GetString().ShouldBe(created.GetProperty("apiKey").GetString()![..13]);

        var keys = (await _host.Admin().GetAsync($"/{made.Id}")).Json.GetProperty("keys").EnumerateArray();
        keys.Select(k => k.GetProperty("kind").GetString()).ShouldBe(["live", "test"]);
        var id = created.GetProperty("key").GetProperty("id").GetString();
        (await _host.Admin().PatchAsync($"/{made.Id}/keys/{id}", new { kind = "live" })).ShouldNameFields().ShouldBe(["#/kind"]);
        (await _host.Admin().PostAsync($"/{made.Id}/keys", new { kind = "sandbox" })).ShouldNameFields().ShouldBe(["#/kind"]);
    }

    private static Task<Answer> ReplayAsync(ApiClient client, (Guid Otp, Guid Callback) its) =>
        client.SendAsync(HttpMethod.Post, $"/otp/{its.Otp}/callbacks/{its.Callback}/replay");

    private static (int Status, bool Test, decimal Cost) Marks(Answer answer) =>
        ((int)answer.Status, answer.Json.GetProperty("test").GetBoolean(), answer.Json.GetProperty("cost").GetDecimal());

    private static async Task<List<Guid>> FoundAsync(ApiClient client, string externalId) =>
    [
        .. (await client.GetAsync($"/otp?externalId={externalId}")).Json.GetProperty("data").EnumerateArray()
            .Select(o => o.GetProperty("otpId").GetGuid()),
    ];

    private static int CodeOf(Answer answer) => answer.Json.GetProperty("error").GetProperty("code").GetInt32();

    /// <summary>An OTP with a callback, one that the sandbox received, and a message in the sandbox whose text is the OTP's id.</summary>
    private async Task<(Guid Otp, Guid Callback)> WithCallbacksAsync(ApiClient client, string phoneNumber)
    {
        var (otp, callback) = ((await client.RequestAsync(new { phoneNumber })).Json.GetProperty("otpId").GetGuid(), Guid.CreateVersion7());
        await _host.QueryAsync(db => db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO callbacks (id, otp_id, application_id, sequence, previous, status, attempts, failures, due_at, created_at,
                                   updated_at)
            VALUES ({callback}, {otp}, {_host.Shop.Id}, 2, 0, 'DELIVERED', 0, 0, now() + interval '1 day', now(), now())
            """));
        await client.SendAsync(
            HttpMethod.Post, "/sandbox/callbacks", new StringContent($$"""{"data":[{"otpId":"{{otp}}"}]}"""), "application/json");
        var number = ((PhoneParseResult.Ok)PhoneNumber.Parse(phoneNumber, null)).Number;
        await _host.AddSandboxMessageAsync(
            _host.Shop, Recipient.From(number), new SandboxContent("sms", phoneNumber, otp.ToString(), "123456"), DateTime.UtcNow,
            isTest: client == _test);
        return (otp, callback);
    }

    private async Task<string> RouteAsync(ApiClient client)
    {
        var id = await client.WithRequestedOtpAsync();
        return await _host.QueryAsync(db => db.Deliveries.Where(d => d.OtpId == id).Select(d => d.Route).SingleAsync());
    }

    private async Task<(ApiClient Live, ApiClient Test)> WithBothKeysAsync(object settings)
    {
        var made = await _host.Admin().WithApplicationAsync(settings);
        var key = (await _host.Admin().PostAsync($"/{made.Id}/keys", new { kind = "test" })).Json.GetProperty("apiKey").GetString();
        return (new(_host.Factory.CreateClient(), made.Key), new(_host.Factory.CreateClient(), key));
    }
}
