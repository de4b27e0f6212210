using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using OtpPipeline.Api.CompatibleApis.Perfumerlabs;
using OtpPipeline.Api.Tests.Support;
using OtpPipeline.Core.Applications.Lookup;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Pins;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Core.Secrets;

namespace OtpPipeline.Api.Tests.CompatibleApis.Perfumerlabs;

[Collection(PerfumerlabsCollection.Name)]
public sealed class The_webhook_of_Telegram
{
    private static long _update = 880_000_000;
    private readonly PerfumerlabsHost _host;
    private readonly PerfumerlabsClient _client;

    public The_webhook_of_Telegram(PerfumerlabsHost host)
    {
        Servers.SkipWithout();
        _host = host;
        _client = host.Client;
    }

    /// <summary>Whole updates as the Bot API writes them; CHAT and UPDATE stand for numbers.</summary>
    public static TheoryData<string> Others =>
    [
        """{"update_id":UPDATE,"edited_message":{"message_id":1,"from":{"id":CHAT,"is_bot":false,"first_name":"A"},"chat":{"id":CHAT,"first_name":"A","type":"private"},"date":1700000000,"edit_date":1700000009,"text":"hi"}}""",
        """{"update_id":UPDATE,"message":{"message_id":1,"from":{"id":CHAT,"is_bot":true,"first_name":"B"},"chat":{"id":CHAT,"first_name":"B","type":"private"},"date":1700000000,"text":"hi"}}""",
        """{"update_id":UPDATE,"message":{"message_id":1,"from":{"id":CHAT,"is_bot":false,"first_name":"A"},"chat":{"id":-CHAT,"title":"G","type":"group"},"date":1700000000,"text":"hi"}}""",
        """{"update_id":UPDATE,"message":{"message_id":1,"from":{"id":CHAT,"is_bot":false,"first_name":"A"},"chat":{"id":-CHAT,"title":"G","type":"supergroup"},"date":1700000000,"text":"hi"}}""",
        """{"update_id":UPDATE,"channel_post":{"message_id":1,"chat":{"id":-CHAT,"title":"C","type":"channel"},"date":1700000000,"text":"hi"}}""",
        """{"update_id":UPDATE,"callback_query":{"id":"1","from":{"id":CHAT,"is_bot":false,"first_name":"A"},"data":"x"}}""",
        """{"update_id":UPDATE,"my_chat_member":{"chat":{"id":CHAT,"type":"private"}}}""",
        """{"update_id":"UPDATE","message":{"from":{"id":CHAT,"is_bot":false},"chat":{"id":CHAT,"type":"private"}}}""",
        """{"message":{"from":{"id":CHAT,"is_bot":false},"chat":{"id":CHAT,"type":"private"}}}""",
        """{"update_id":UPDATE,"message":{"from":{"id":CHAT,"is_bot":false},"chat":{"id":{"a":CHAT},"type":"private"}}}""",
        """{"update_id":UPDATE,"message":{"from":{"id":CHAT,"is_bot":false},"chat":[CHAT]}}""",
        """{"update_id":1e400,"message":{"from":{"id":CHAT,"is_bot":false},"chat":{"id":CHAT,"type":"private"}}}""",
        """{"update_id":UPDATE,"message":"hi"}""",
        "{}",
        "[]",
        "not json",
        "",
    ];

    [Theory]
    [InlineData(""","text":"/start","entities":[{"offset":0,"length":6,"type":"bot_command"}]""")]
    [InlineData(""","sticker":{"file_id":"x","emoji":"😀"}""")]
    [InlineData(""","text":"ещё раз","reply_to_message":{"message_id":2,"from":{"id":1,"is_bot":true},"text":"code"}""")]
    public async Task Answers_any_message_of_a_user_in_a_private_chat_with_a_code(string content)
    {
        var chat = Someone.Chat();

        (await _client.WebhookAsync(Update(chat, content: content))).ShouldBeDone();

        var otp = await LastAsync(chat);
        otp.Channel.ShouldBe(Channel.Telegram);
        otp.Ttl.ShouldBe(300);
        var code = await CodeAsync(otp);
        code.Length.ShouldBe(6);
        code.ShouldAllBe(c => char.IsAsciiDigit(c));
        (await _host.Host.QueryAsync(db => db.Deliveries.CountAsync(d => d.OtpId == otp.Id && d.Channel == Channel.Telegram))).ShouldBe(1);
        (await _client.GetAsync("/target", $$"""{"password":"{{code}}","channel":"telegram"}"""))
            .ShouldBe(200, $$$"""{"status":true,"content":{"target":"{{{chat}}}"}}""");
        (await _client.GetAsync("/target", $$"""{"password":"{{code}}","channel":"telegram"}""")).ShouldBeWrong();
    }

    [Fact]
    public async Task Has_a_code_that_can_be_checked_and_come_as_a_number()
    {
        var chat = Someone.Chat();
        string code;
        do
        {
            // One in ten begins with a zero.
            await _client.WebhookAsync(Update(chat));
            code = await CodeAsync(await LastAsync(chat));
        }
        while (code[0] != '0' || code[1] == '0');

        (await _client.GetAsync("/target", $$"""{"password":{{code.TrimStart('0')}},"channel":"telegram"}"""))
            .ShouldBe(200, $$$"""{"status":true,"content":{"target":"{{{chat}}}"}}""");
        await _client.WebhookAsync(Update(chat));
        code = await CodeAsync(await LastAsync(chat));
        (await _client.GetAsync("/telegram/check", $$"""{"chat_id":{{chat}},"password":"{{code}}"}""")).ShouldBeDone();
    }

    [Theory]
    [MemberData(nameof(Others))]
    public async Task Answers_any_other_update_with_nothing(string body)
    {
        var before = await _host.CountAsync();

        (await _client.WebhookAsync(body.Replace("UPDATE", $"{Next()}", StringComparison.Ordinal).Replace("CHAT", $"{Someone.Chat()}", StringComparison.Ordinal))).ShouldBeDone();

        (await _host.CountAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task Drops_a_repeated_update_also_in_another_process_and_two_hundred_times_at_once()
    {
        var chat = Someone.Chat();
        var update = Update(chat);
        await using var other = new Started(_host.Start(_host.Settings));
        var clients = new[] { _client, other.Client };
        var before = await _host.CountAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => clients[i % 2].WebhookAsync(update)));

        answers.ShouldAllBe(a => a.Text == """{"status":true}""");
        (await _host.CountAsync()).ShouldBe(before + 1);
        var code = await CodeAsync(await LastAsync(chat));
        (await _client.GetAsync("/telegram/check", $$"""{"chat_id":"{{chat}}","password":"{{code}}"}""")).ShouldBeDone();
        (await other.Client.WebhookAsync(update)).ShouldBeDone();
        (await _host.CountAsync()).ShouldBe(before + 1);
    }

    [Fact]
    public async Task Gives_two_hundred_chats_at_once_two_hundred_codes()
    {
        var chats = Enumerable.Range(0, 200).Select(_ => Someone.Chat()).ToArray();

        var answers = await Task.WhenAll(chats.Select(c => _client.WebhookAsync(Update(c))));

        answers.ShouldAllBe(a => a.Text == """{"status":true}""");
        (await CodesAsync(chats)).Distinct().Count().ShouldBe(200);
    }

    [Fact]
    public async Task Makes_another_code_while_one_is_taken()
    {
        // Of 256 codes 16 are passwords of callers and 200 are wanted: many are made several times.
        var small = new PinPolicy(PinType.Numbers, 4, "0123");
        var tenant = Tenant.New();
        await _host.AddAsync(tenant, new() { Limits = new() { SendsPerHour = 1000, SendsPerDay = 1000 } });
        await using var started = new Started(_host.Start(PerfumerlabsHost.SettingsOf(tenant)));
        var own = Enumerable.Range(0, 16).Select(i => $"00{i / 4}{i % 4}").ToArray();
        foreach (var password in own)
        {
            (await started.Client.PostAsync("/telegram", $$"""{"chat_id":{{Someone.Chat()}},"password":"{{password}}","lifetime":300,"message":"x"}""")).ShouldBeDone();
        }

        var application = started.Factory.Services.GetRequiredService<ApplicationDirectory>().Find(tenant.Id)!;
        var codes = started.Factory.Services.GetRequiredService<TelegramCodes>();
        var chats = Enumerable.Range(0, 200).Select(_ => Someone.Chat()).ToArray();
        var errors = await Task.WhenAll(chats.Select(c => Task.Run(() =>
        {
            TelegramChat.TryParse($"{c}", out var chat).ShouldBeTrue();
            return codes.IssueAsync(application, new(Next(), chat!), small, CancellationToken.None);
        })));

        errors.ShouldAllBe(r => r == null);
        var issued = await CodesAsync(chats);
        issued.Distinct().Count().ShouldBe(200);
        issued.Intersect(own).ShouldBeEmpty();
    }

    [Fact]
    public async Task Keeps_the_limits_of_a_recipient_in_silence()
    {
        var tenant = Tenant.New();
        await _host.AddAsync(tenant, new() { Limits = new() { SendsPerHour = 2 } });
        await using var started = new Started(_host.Start(PerfumerlabsHost.SettingsOf(tenant)));
        var chat = Someone.Chat();

        for (var i = 0; i < 4; i++)
        {
            (await started.Client.WebhookAsync(Update(chat))).ShouldBeDone();
        }

        (await _host.CountAsync(tenant)).ShouldBe(2);
    }

    [Fact]
    public async Task Needs_Telegrams_token_and_no_password()
    {
        var stranger = new PerfumerlabsClient(_host.Factory.CreateClient(), authorization: null);
        var before = await _host.CountAsync();

        foreach (var token in new[] { null, "", "wrong", PerfumerlabsHost.Token + "1", PerfumerlabsHost.Token.ToUpperInvariant() })
        {
            var refused = await stranger.WebhookAsync(Update(Someone.Chat()), token);
            refused.ShouldBeRefused(401, "The secret token is missing or not valid");
            refused["WWW-Authenticate"].ShouldBeNull();
            (await _client.WebhookAsync(Update(Someone.Chat()), token)).ShouldBeRefused(401, "The secret token is missing or not valid");
        }

        (await _host.CountAsync()).ShouldBe(before);
        (await stranger.WebhookAsync(Update(Someone.Chat()))).ShouldBeDone();
        (await _host.CountAsync()).ShouldBe(before + 1);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public async Task Is_not_there_without_a_token(string? token)
    {
        var settings = _host.Settings;
        settings.Remove("Perfumerlabs:TelegramSecretToken");
        if (token is not null)
        {
            settings["Perfumerlabs:TelegramSecretToken"] = token;
        }

        await using var other = new Started(_host.Start(settings));

        (await other.Client.WebhookAsync(Update(Someone.Chat()), "")).ShouldBeRefused(404, "Not found");
        (await other.Client.WebhookAsync(Update(Someone.Chat()))).ShouldBeRefused(404, "Not found");
    }

    private static long Next() => Interlocked.Increment(ref _update);

    private static string Update(long chat, string content = ""","text":"hi" """) =>
        $$$"""{"update_id":{{{Next()}}},"message":{"message_id":7,"from":{"id":{{{chat}}},"is_bot":false,"first_name":"Аня","language_code":"ru"},"chat":{"id":{{{chat}}},"first_name":"Аня","type":"private"},"date":1700000000{{{content}}}}}""";

    private Task<Otp> LastAsync(long chat)
    {
        TelegramChat.TryParse($"{chat}", out var address).ShouldBeTrue();
        return _host.LastAsync(Recipient.From(address!));
    }

    private async Task<string> CodeAsync(Otp otp) =>
        _host.Factory.Services.GetRequiredService<OtpSecrets>().DecryptPin((await _host.PinAsync(otp.Id))!).Reveal();

    private async Task<string[]> CodesAsync(IEnumerable<long> chats)
    {
        var codes = new List<string>();
        foreach (var chat in chats)
        {
            codes.Add(await CodeAsync(await LastAsync(chat)));
        }

        return [.. codes];
    }
}
