using OtpPipeline.Workers.Providers.Templates;

namespace OtpPipeline.Workers.Tests.Providers.Templates;

public sealed class Filters_of_placeholders
{
    private static readonly ValueFilters Filters = new(
        new Dictionary<string, IReadOnlyDictionary<string, string>> { ["m"] = new Dictionary<string, string> { ["a"] = "1", ["*"] = "9" } },
        new Dictionary<string, string> { ["Tags"] = "en-US, en-GB,de_DE,pt-BR", ["Values"] = "en=HX1,pt_BR=HX=2,HX3" });

    [Theory]
    [InlineData("digits", "+33 (0)6 ١٢", "3306")]
    [InlineData("plus", "33612246400", "+33612246400")]
    [InlineData("plus", "+33612246400", "+33612246400")]
    [InlineData("plus", "-100123", "-100123")]
    [InlineData("plus", "١٢", "١٢")]
    [InlineData("plus", "", "")]
    [InlineData("quoted", "Shop, \"Ü\" \\ 😀", "\"Shop, \\\"Ü\\\" \\\\ 😀\"")]
    [InlineData("quoted", "a\r\nBcc: b", "\"a  Bcc: b\"")]
    [InlineData("quoted", "", "")]
    [InlineData("spell", "4711", "4, 7, 1, 1")]
    [InlineData("spell", "a😀é", "a, 😀, é")]
    [InlineData("xml", "<a & 'b'>", "&#60;a &#38; &#39;b&#39;&#62;")]
    [InlineData("json", "a\"b\\\n", "a\\\"b\\\\\\n")]
    [InlineData("append:?a=%d", "x", "x?a=%d")]
    [InlineData("append:?a=%d", "", "")]
    [InlineData("then:19", "x", "19")]
    [InlineData("then:19", "", "")]
    [InlineData("else:none", "", "none")]
    [InlineData("else:none", "x", "x")]
    [InlineData("atLeast:60", "7", "60")]
    [InlineData("atLeast:60", "61", "61")]
    [InlineData("atMost:60", "61", "60")]
    [InlineData("atLeast:1|atMost:60", "0", "1")]
    [InlineData("map:m", "A", "9")]
    [InlineData("map:m", "a", "1")]
    [InlineData("among:Tags", "en-GB", "en-GB")]
    [InlineData("among:Tags", "EN_gb", "en-GB")]
    [InlineData("among:Tags", "de-AT", "de_DE")]
    [InlineData("among:Tags", "pt", "pt-BR")]
    [InlineData("among:Tags", "fr", "en-US")]
    [InlineData("among:Tags", "", "en-US")]
    [InlineData("among:Values", "pt", "HX=2")]
    [InlineData("among:Values", "fr", "HX1")]
    [InlineData("among:Values", "hx3", "HX3")]
    public void Change_a_value_before_it_is_encoded(string filter, string value, string expected) =>
        Parse($"[{{{{v|{filter}}}}}]")!.Render(_ => value, ValueEncoding.AsIs).ShouldBe($"[{expected}]");

    [Theory]
    [InlineData("", "theirs", "theirs")]
    [InlineData("mine", "theirs", "mine")]
    [InlineData("", "", "")]
    public void Take_another_value_instead_of_an_empty_one(string value, string other, string expected) =>
        Template.Parse("{{v|or:w|append:}}", ["v", "w"], out _, Filters)!
            .Render(name => name is "v" ? value : other, ValueEncoding.AsIs).ShouldBe(expected);

    [Fact]
    public void Come_before_the_encoding_of_the_place() =>
        Parse("{{v|append:&more}}")!.Render(_ => "a b", ValueEncoding.Percent).ShouldBe("a%20b%26more");

    [Theory]
    [InlineData("atLeast:x", "uses the filter atLeast, which needs a whole number, as in atLeast:60.")]
    [InlineData("map:n", "uses the filter map:n, and Maps has no table of that name.")]
    [InlineData("among:Nothing", "uses the filter among:Nothing, and the preset has no setting of that name.")]
    [InlineData("or:nothing", "uses the filter or:nothing, and there is no placeholder of that name.")]
    [InlineData("upper", "uses the filter upper, which does not exist: there are digits,")]
    public void That_do_not_exist_are_named(string filter, string sentence)
    {
        Template.Parse($"{{{{v|{filter}}}}}", ["v"], out var problem, Filters).ShouldBeNull();

        problem.ShouldStartWith(sentence);
    }

    private static Template? Parse(string text) => Template.Parse(text, ["v"], out _, Filters);
}
