using Microsoft.EntityFrameworkCore;
using OtpPipeline.Api.Tests.Support;
using OtpPipeline.Core.Applications;

namespace OtpPipeline.Api.Tests.CompatibleApis.Perfumerlabs;

/// <summary>With an application and a process of its own: limits hold for all of it.</summary>
[Collection(PerfumerlabsCollection.Name)]
public sealed class The_limits_of_sends : IAsyncLifetime
{
    private readonly PerfumerlabsHost _host;
    private readonly Tenant _tenant = Tenant.New();
    private Started? _started;

    public The_limits_of_sends(PerfumerlabsHost host)
    {
        Servers.SkipWithout();
        _host = host;
    }

    private PerfumerlabsClient Client => _started!.Client;

    public async ValueTask InitializeAsync()
    {
        await _host.AddAsync(_tenant, new() { Limits = new() { SendsPerHour = 6, SendsPerDay = 100 } });
        _started = new(_host.Start(PerfumerlabsHost.SettingsOf(_tenant)));
    }

    public ValueTask DisposeAsync() => _started?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Fact]
    public async Task Of_a_phone_hold_at_once_and_count_accepted_sends_only()
    {
        var (phone, other) = (Someone.Phone(), Someone.Phone());
        (await Client.PostAsync("/limit/sms", """{"phones":[{"minutes":10,"rate":3},{"minutes":"60","rate":"2"}]}""")).ShouldBeDone();

        (await Client.SmsAsync(phone, "1")).ShouldBeRefused(400, "\"password\" must have 4 to 64 printable characters");
        (await Client.SmsAsync(phone, "11111")).ShouldBeDone();
        (await Client.SmsAsync(phone, "22222")).ShouldBeDone();
        var full = await Client.SmsAsync(phone, "33333");

        full.ShouldBeLimit("phone_limit", "Phone limit has been reached");
        int.Parse(full["Retry-After"]!).ShouldBeInRange(3500, 3600);
        (await Client.CheckAsync(phone, "33333")).ShouldBeWrong();
        (await Client.SmsAsync(other, "11111")).ShouldBeDone();
        (await Client.PostAsync("/call", $$"""{"phone":"{{phone}}","password":"12345","lifetime":300}""")).ShouldBeDone();
    }

    [Fact]
    public async Task Of_an_address_count_only_where_the_caller_names_it()
    {
        (await Client.PostAsync("/limit/call", """{"ips":[{"minutes":10,"rate":2}]}""")).ShouldBeDone();

        (await CallAsync("203.0.113.7")).ShouldBeDone();
        (await CallAsync("::ffff:203.0.113.7")).ShouldBeDone();
        (await CallAsync("203.0.113.7")).ShouldBeLimit("ip_limit", "IP limit has been reached");
        (await CallAsync("203.0.113.8")).ShouldBeDone();
        (await CallAsync("2001:db8:0:1::1")).ShouldBeDone();
        (await CallAsync("2001:db8:0:1:ffff::2")).ShouldBeDone();
        (await CallAsync("2001:db8:0:1::3")).ShouldBeLimit("ip_limit", "IP limit has been reached");
        (await CallAsync("2001:db8:0:2::1")).ShouldBeDone();
        (await CallAsync(null)).ShouldBeDone();
        (await CallAsync("")).ShouldBeDone();

        Task<Answer> CallAsync(string? ip) =>
            Client.PostAsync(
                "/call",
                $$"""{"phone":"{{Someone.Phone()}}","password":"12345","lifetime":300{{(ip is null ? "" : $",\"ip\":\"{ip}\"")}}}""");
    }

    [Fact]
    public async Task Of_an_email_address_and_a_refused_send_count_nowhere()
    {
        var email = Someone.Email();
        (await Client.PostAsync("/limit/email", """{"emails":[{"minutes":1,"rate":1}],"ips":[{"minutes":1,"rate":2}]}""")).ShouldBeDone();

        (await SendAsync(email)).ShouldBeDone();
        (await SendAsync(email)).ShouldBeLimit("email_limit", "Email limit has been reached");
        (await SendAsync(email)).ShouldBeLimit("email_limit", "Email limit has been reached");
        (await SendAsync(Someone.Email())).ShouldBeDone();
        (await SendAsync(Someone.Email())).ShouldBeLimit("ip_limit", "IP limit has been reached");

        Task<Answer> SendAsync(string to) =>
            Client.PostAsync(
                "/email", $$"""{"email":"{{to}}","password":"12345","lifetime":300,"subject":"s","text":"x","ip":"2001:db8::1"}""");
    }

    [Fact]
    public async Task Are_replaced_cleared_or_left_as_the_request_says()
    {
        (await Client.PostAsync("/limit/sms", """{"ips":[{"minutes":1,"rate":1}],"phones":[{"minutes":2,"rate":2},{"minutes":3,"rate":3}]}""")).ShouldBeDone();
        (await Client.PostAsync("/limit/call", """{"phones":[{"minutes":4,"rate":4}]}""")).ShouldBeDone();
        (await Client.PostAsync("/limit/email", """{"emails":[{"minutes":10080,"rate":100000}]}""")).ShouldBeDone();
        (await SetsAsync())
            .ShouldBe(["Call PerRecipient 4/4", "Email PerRecipient 10080/100000", "Sms PerAddress 1/1", "Sms PerRecipient 2/2 3/3"]);

        (await Client.PostAsync("/limit/sms", """{"phones":[]}""")).ShouldBeDone();
        (await Client.PostAsync("/limit/call", """{"phones":[{"minutes":5,"rate":5}]}""")).ShouldBeDone();
        (await Client.PostAsync("/limit/email", "{}")).ShouldBeDone();
        (await SetsAsync()).ShouldBe(["Call PerRecipient 5/5", "Email PerRecipient 10080/100000", "Sms PerAddress 1/1"]);
    }

    [Fact]
    public async Task That_are_wrong_change_nothing()
    {
        (await Client.PostAsync("/limit/sms", """{"ips":[{"minutes":7,"rate":7}]}""")).ShouldBeDone();
        foreach (var (channel, field, body) in new[]
        {
            ("sms", "phones", """{"phones":[{"minutes":0,"rate":1}]}"""),
            ("sms", "phones", """{"phones":[{"minutes":10081,"rate":1}]}"""),
            ("sms", "phones", """{"phones":[{"minutes":1,"rate":0}]}"""),
            ("sms", "phones", """{"phones":[{"minutes":1,"rate":100001}]}"""),
            ("sms", "phones", """{"phones":[{"minutes":1}]}"""),
            ("sms", "phones", """{"phones":[1]}"""),
            ("sms", "phones", """{"phones":{"minutes":1,"rate":1}}"""),
            ("sms", "phones", """{"phones":"x"}"""),
            ("sms", "ips", """{"ips":[{"minutes":1.5,"rate":1}],"phones":[]}"""),
            ("call", "phones", """{"ips":[],"phones":[{"minutes":[],"rate":1}]}"""),
            (
                "email", "emails",
                """{"emails":[{"minutes":1,"rate":1},{"minutes":1,"rate":1},{"minutes":1,"rate":1},{"minutes":1,"rate":1},{"minutes":1,"rate":1},{"minutes":1,"rate":1},{"minutes":1,"rate":1},{"minutes":1,"rate":1},{"minutes":1,"rate":1},{"minutes":1,"rate":1},{"minutes":1,"rate":1}]}"""),
        })
        {
            (await Client.PostAsync($"/limit/{channel}", body))
                .ShouldBeRefused(
                    400,
                    $"\"{field}\" must be a list of at most 10 objects with \"minutes\" from 1 to 10080 and \"rate\" from 1 to 100000");
        }

        (await SetsAsync()).ShouldBe(["Sms PerAddress 7/7"]);
    }

    [Fact]
    public async Task Set_side_by_side_with_other_changes_are_all_kept()
    {
        var admin = new AdminClient(_started!.Factory.CreateClient(), _host.Host.AdminKey);

        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => Client.PostAsync(
            $"/limit/{(i % 3) switch { 0 => "sms", 1 => "call", _ => "email" }}",
            i < 6
                ? """{"ips":[{"minutes":1,"rate":100}]}"""
                : """{"phones":[{"minutes":1,"rate":100}],"emails":[{"minutes":1,"rate":100}]}""")));
        var patched = await admin.SendAsync(HttpMethod.Patch, $"/{_tenant.Id}", """{"settings":{"ttl":120,"limits":{"sendsPerDay":77}}}""");

        answers.ShouldAllBe(a => a.Text == """{"status":true}""");
        patched.Status.ShouldBe(System.Net.HttpStatusCode.OK, patched.Text);
        (await SetsAsync())
            .ShouldBe(
                [
                    "Call PerAddress 1/100", "Call PerRecipient 1/100", "Email PerAddress 1/100", "Email PerRecipient 1/100",
                    "Sms PerAddress 1/100", "Sms PerRecipient 1/100"]);
        (await SettingsAsync()).Limits.SendsPerDay.ShouldBe(77);
    }

    [Fact]
    public async Task Of_the_application_itself_are_told_in_the_same_words()
    {
        var (phone, email, chat) = (Someone.Phone(), Someone.Email(), Someone.Chat());
        for (var i = 0; i < 6; i++)
        {
            (await Client.SmsAsync(phone, "12345")).ShouldBeDone();
            (await EmailAsync()).ShouldBeDone();
            (await TelegramAsync()).ShouldBeDone();
        }

        (await Client.SmsAsync(phone, "12345")).ShouldBeLimit("phone_limit", "Phone limit has been reached");
        (await EmailAsync()).ShouldBeLimit("email_limit", "Email limit has been reached");
        (await TelegramAsync()).ShouldBeLimit("chat_limit", "Chat limit has been reached");

        Task<Answer> EmailAsync() =>
            Client.PostAsync("/email", $$"""{"email":"{{email}}","password":"12345","lifetime":300,"subject":"s","text":"x"}""");
        Task<Answer> TelegramAsync() =>
            Client.PostAsync("/telegram", $$"""{"chat_id":"{{chat}}","password":"12345","lifetime":300,"message":"x"}""");
    }

    [Fact]
    public async Task Hold_for_sends_side_by_side()
    {
        (await Client.PostAsync("/limit/sms", """{"ips":[{"minutes":10,"rate":5}]}""")).ShouldBeDone();

        var answers = await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => Client.PostAsync(
            "/sms", $$"""{"phone":"{{Someone.Phone()}}","password":"12345","message":"x","lifetime":300,"ip":"198.51.100.1"}""")));

        answers.Count(a => a.Text == """{"status":true}""").ShouldBe(5);
        answers.Count(a => a.Text.Contains("ip_limit", StringComparison.Ordinal)).ShouldBe(55);
    }

    private async Task<ApplicationSettings> SettingsAsync() =>
        (await _host.Host.QueryAsync(db => db.Applications.AsNoTracking().SingleAsync(a => a.Id == _tenant.Id))).Settings;

    private async Task<string[]> SetsAsync() =>
        [.. (await SettingsAsync()).Limits.SendLimits.Select(
            s => $"{s.Channel} {s.Count} " +
                $"{string.Join(' ', s.Windows.Select(w => $"{w.Minutes}/{w.Rate}"))}").Order(StringComparer.Ordinal)];
}
