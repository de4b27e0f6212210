using System.Text;
using OtpPipeline.Core.Receipts;
using OtpPipeline.Hosting.Providers.Signatures.Reading;
using OtpPipeline.Hosting.Providers.Signatures;

namespace OtpPipeline.Workers.Tests.Hosting.Providers.Signatures;

public sealed class The_fields_of_a_receipt
{
    private const int LargestBody = 64 * 1024;

    public static TheoryData<byte[]> Unreadable => new()
    {
        """{"a":1,"a":2}"""u8.ToArray(),
        """{"a":{"b":1,"\u0062":2}}"""u8.ToArray(),
        """{"a":"\ud800"}"""u8.ToArray(),
        """{"\udc00":"a"}"""u8.ToArray(),
        new byte[] { (byte)'"', 0xFF, (byte)'"' },
        """{"a":"""u8.ToArray(),
    };

    [Theory]
    [MemberData(nameof(Unreadable))]
    public void Are_none_of_JSON_that_could_be_read_in_two_ways_or_not_at_all(byte[] body) =>
        Read(body, "application/json").Root.ShouldBeNull();

    [Fact]
    public void Of_JSON_keep_whole_characters() =>
        Read("""{"a":"\ud83d\ude00"}"""u8.ToArray(), "application/json").Root!.Value.GetProperty("a").GetString().ShouldBe("😀");

    [Fact]
    public void Of_a_form_keep_every_value_in_its_order_and_names_apart_by_their_case()
    {
        var fields = Read("a=1&A=2&a=3&b"u8.ToArray(), "application/x-www-form-urlencoded");

        fields.Form.ToDictionary(f => f.Key, f => string.Join('|', f.Value.ToArray()))
            .ShouldBe(new Dictionary<string, string> { ["a"] = "1|3", ["A"] = "2", ["b"] = "" }, ignoreOrder: true);
        fields.Root!.Value.GetProperty("a").GetString().ShouldBe("1,3");
    }

    [Theory]
    [InlineData("a&")]
    [InlineData("a=&")]
    public void Of_a_form_that_repeats_a_name_cost_memory_in_proportion_to_its_size(string pair)
    {
        var body = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(pair, LargestBody / pair.Length)));
        var before = GC.GetAllocatedBytesForCurrentThread();

        var fields = Read(body, "application/x-www-form-urlencoded");

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(50_000_000);
        fields.Form["a"].Count.ShouldBe(LargestBody / pair.Length);
    }

    private static ReceiptFields Read(byte[] body, string contentType) => ReceiptFields.Read(
        new("POST", new Uri("https://otp.example/r/providers/tested"), [new("Content-Type", contentType)], body));
}
