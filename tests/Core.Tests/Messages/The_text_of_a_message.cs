using OtpPipeline.Core.Messages;
using Shouldly;
using Xunit;

namespace OtpPipeline.Core.Tests.Messages;

public class The_text_of_a_message
{
    private const string Basic =
        "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ " +
        "!\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";

    [Theory]
    [InlineData("", 0, 1)]
    [InlineData("a", 160, 1)]
    [InlineData("a", 161, 2)]
    [InlineData("a", 306, 2)]
    [InlineData("a", 307, 3)]
    [InlineData("a", 459, 3)]
    [InlineData("a", 460, 4)]
    [InlineData("€", 80, 1)]
    [InlineData("€", 81, 2)]
    [InlineData("€", 152, 2)]
    [InlineData("€", 153, 3)]
    [InlineData("ж", 70, 1)]
    [InlineData("ж", 71, 2)]
    [InlineData("ж", 134, 2)]
    [InlineData("ж", 135, 3)]
    [InlineData("😀", 35, 1)]
    [InlineData("😀", 36, 2)]
    [InlineData("😀", 66, 2)]
    [InlineData("😀", 67, 3)]
    public void Has_as_many_parts_as_a_carrier_makes(string piece, int times, int parts) =>
        MessageText.CountParts(string.Concat(Enumerable.Repeat(piece, times))).ShouldBe(parts);

    [Theory]
    [InlineData('{', 152, 306, 3)]
    [InlineData('{', 151, 305, 2)]
    [InlineData('{', 153, 306, 2)]
    public void Never_tears_an_escaped_character_apart(char escaped, int before, int places, int parts) =>
        MessageText.CountParts(new string('a', before) + escaped + new string('a', places - before - 2)).ShouldBe(parts);

    [Theory]
    [InlineData(66, 134, 3)]
    [InlineData(65, 134, 2)]
    [InlineData(67, 134, 2)]
    public void Never_tears_a_surrogate_pair_apart(int before, int units, int parts) =>
        MessageText.CountParts(new string('ж', before) + "😀" + new string('ж', units - before - 2)).ShouldBe(parts);

    [Fact]
    public void Takes_one_place_for_each_basic_character()
    {
        Basic.Length.ShouldBe(127);
        foreach (var letter in Basic)
        {
            MessageText.CountParts(new string(letter, 160)).ShouldBe(1, letter.ToString());
            MessageText.CountParts(new string(letter, 161)).ShouldBe(2, letter.ToString());
        }
    }

    [Fact]
    public void Takes_two_places_for_each_extension_character()
    {
        foreach (var letter in "\f^{}\\[~]|€")
        {
            MessageText.CountParts(new string(letter, 80)).ShouldBe(1, letter.ToString());
            MessageText.CountParts(new string(letter, 80) + "a").ShouldBe(2, letter.ToString());
        }
    }

    [Theory]
    [InlineData('ç')]
    [InlineData('`')]
    [InlineData('\t')]
    [InlineData('á')]
    [InlineData('’')]
    [InlineData('Ţ')]
    public void Is_UCS_2_as_soon_as_one_character_is_not_GSM(char letter) =>
        MessageText.CountParts(letter + new string('a', 70)).ShouldBe(2);

    [Fact]
    public void Holds_the_PIN_at_every_place_and_nothing_escaped()
    {
        MessageText.Render("<b>{{pin}}</b> & '{{pin}}' {{PIN}} {pin} \"ü\"", new("0042"))
            .ShouldBe("<b>0042</b> & '0042' {{PIN}} {pin} \"ü\"");
        MessageText.Render("{{{pin}}}{{pin}}{{pin}}", new("12")).ShouldBe("{12}1212");
        MessageText.Render("Hello {{name}}, {{pin}}", new("12"), "Ada {{pin}}").ShouldBe("Hello Ada {{pin}}, 12");
        MessageText.Render("Hello {{name}}, {{pin}}", new("12"), name: null).ShouldBe("Hello, 12");
        MessageText.Fill("{{app}}: {{pin}} for {{minutes}} min, {{name}}", "Shop", 299).ShouldBe("Shop: {{pin}} for 4 min, {{name}}");
        MessageText.Fill("{{minutes}}", "Shop", 30).ShouldBe("1");
    }
}
