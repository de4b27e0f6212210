using OtpPipeline.Api.Tests.Support;

namespace OtpPipeline.Api.Tests.CompatibleApis.Gupshup;

public sealed class The_message_of_a_key
{
    private readonly ApiHost _host;
    private readonly string _phone = GupshupShop.NextPhone();

    public The_message_of_a_key(ApiHost host)
    {
        Servers.SkipWithout();
        _host = host;
    }

    [Fact]
    public async Task Is_changed_at_once_and_nothing_else_is()
    {
        var shop = await GupshupShop.MakeAsync(_host, new(StringComparer.Ordinal) { ["codeLength"] = "4" });

        (await ChangeAsync(shop, "Ihr Code: %code% – grüezi")).ShouldSay("success", "104", "Message has been updated");

        await shop.SendAsync(_phone);
        var code = await shop.CodeAsync(_phone);
        code.Length.ShouldBe(4);
        (await shop.TextAsync(_phone)).ShouldBe($"Ihr Code: {code} – grüezi");
        var shown = (await _host.Admin().GetAsync($"/{shop.Made.Id}")).Json.GetProperty("identifiers").EnumerateArray()
            .Single(i => i.GetProperty("id").GetString() == shop.KeyId);
        shown.GetProperty("settings").GetProperty("message").GetString().ShouldBe("Ihr Code: %code% – grüezi");
    }

    [Fact]
    public async Task Leaves_a_code_that_is_sent_again_as_it_was()
    {
        var shop = await GupshupShop.MakeAsync(_host);
        await shop.SendAsync(_phone);
        var text = await shop.TextAsync(_phone);

        await ChangeAsync(shop, "New %code%");

        (await shop.SendAsync(_phone)).ShouldBeSentAgain();
        (await shop.TextAsync(_phone)).ShouldBe(text);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Your code")]
    [InlineData("%CODE%")]
    [InlineData("%code%\a")]
    public async Task Must_hold_the_code(string message)
    {
        var shop = await GupshupShop.MakeAsync(_host);

        (await ChangeAsync(shop, message))
            .ShouldSay("error", "906", "Invalid message: it must contain %code% and have at most 1600 characters");

        await shop.SendAsync(_phone);
        (await shop.TextAsync(_phone)).ShouldStartWith("Code ");
    }

    [Fact]
    public async Task Has_an_end()
    {
        var shop = await GupshupShop.MakeAsync(_host);

        (await ChangeAsync(shop, new string('x', 1594) + "%code%")).ShouldSay("success", "104", "Message has been updated");
        (await ChangeAsync(shop, new string('x', 1595) + "%code%"))
            .ShouldSay("error", "906", "Invalid message: it must contain %code% and have at most 1600 characters");
    }

    [Fact]
    public async Task Is_not_changed_by_a_stranger()
    {
        var shop = await GupshupShop.MakeAsync(_host);
        var other = await GupshupShop.MakeAsync(_host);

        (await other.FormAsync("updateMessage", ("key", shop.Key), ("message", "Mine %code%"))).ShouldBeStranger();
        (await shop.FormAsync($"{GupshupShop.Root}/updateMessage", apiKey: null, ("key", shop.Key), ("message", "Mine %code%")))
            .ShouldBeStranger();

        await shop.SendAsync(_phone);
        (await shop.TextAsync(_phone)).ShouldStartWith("Code ");
    }

    private static Task<Answer> ChangeAsync(GupshupShop shop, string message) =>
        shop.FormAsync("updateMessage", ("key", shop.Key), ("message", message));
}
