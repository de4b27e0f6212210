using System.Globalization;
using OtpPipeline.Api.Tests.Support;

namespace OtpPipeline.Api.Tests.CompatibleApis.Gupshup;

/// <summary>Numbers in every spelling.</summary>
public sealed partial class Sending_a_code
{
    [Theory]
    [InlineData("98{0}")]
    [InlineData("098{0}")]
    [InlineData("9198{0}")]
    [InlineData("+9198{0}")]
    [InlineData(" 98{0} ")]
    public async Task To_an_Indian_account_takes_national_numbers(string form)
    {
        var shop = await GupshupShop.MakeAsync(_host, new(StringComparer.Ordinal) { ["accountType"] = "india" });
        var rest = _phone[^5..] + "000";

        (await shop.SendAsync(string.Format(CultureInfo.InvariantCulture, form, rest))).ShouldBeSent();

        (await shop.LastAsync($"9198{rest}")).CountryIso.ShouldBe("IN");
        (await shop.VerifyAsync($"98{rest}", await shop.CodeAsync($"9198{rest}"))).ShouldBeVerified();
    }

    [Theory]
    [InlineData("+{0}")]
    [InlineData("tel:{0}")]
    [InlineData("\u202A+{0}\u202C")]
    [InlineData("\u200E{0}")]
    public async Task Takes_a_number_as_it_was_pasted(string form)
    {
        var shop = await GupshupShop.MakeAsync(_host);

        (await shop.SendAsync(string.Format(CultureInfo.InvariantCulture, form, _phone))).ShouldBeSent();

        (await shop.VerifyAsync(_phone, await shop.CodeAsync(_phone))).ShouldBeVerified();
    }

    [Theory]
    [InlineData("intl", "")]
    [InlineData("intl", "612246400")]
    [InlineData("intl", "0612246400")]
    [InlineData("intl", "phone")]
    [InlineData("intl", "33612246400 ext. 5")]
    [InlineData("intl", "336122464000000000000000000")]
    [InlineData("india", "12345")]
    [InlineData("india", "33612246400")]
    public async Task Is_refused_for_what_is_no_number(string type, string phone)
    {
        var shop = await GupshupShop.MakeAsync(_host, new(StringComparer.Ordinal) { ["accountType"] = type });

        (await shop.SendAsync(phone)).ShouldSay("error", "902", "Invalid phone number");
        (await shop.VerifyAsync(phone, "123456")).ShouldSay("error", "902", "Invalid phone number");
    }
}
