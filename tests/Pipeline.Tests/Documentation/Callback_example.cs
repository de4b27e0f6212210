using System.Text.Json;
using OtpPipeline.Pipeline.Tests.Harness;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Documentation;

/// <summary>The request that docs/callbacks.md shows, held against one that arrived.</summary>
[Collection(nameof(DocumentedPipeline))]
public sealed class Callback_example(DocumentedPipeline documented)
{
    internal static bool IsCallback(Example example) =>
        example.Page == "docs/callbacks.md" && example.First.StartsWith("POST /", StringComparison.Ordinal);

    [Fact]
    public async Task Has_the_headers_and_the_fields_of_a_callback_that_arrived()
    {
        var example = Example.All.Single(IsCallback);
        var (pipeline, _) = await documented.GetAsync();
        var address = pipeline.Apis[0].Address;
        var otp = await pipeline.RequestAsync(new
        {
            phoneNumber = Recipients.Next(),
            otpCallbackUrl = new Uri(address, "sandbox/callbacks"),
            metadata = new { order = "4711" },
        });
        await pipeline.Client.CancelAsync(otp);

        var arrived = await Eventually.Get(
            async () =>
            {
                var all = (await pipeline.Client.ReadAsync($"sandbox/callbacks?otpId={otp}")).Body;
                return all.GetArrayLength() > 0 ? all[0].ToString() : null;
            },
            "the callback has arrived");

        var callback = JsonDocument.Parse(arrived).RootElement;
        var shown = example.Lines.Skip(1).TakeWhile(l => l.Length > 0).Select(l => l.Split(':')[0].ToLowerInvariant());
        // The sandbox keeps the headers that its readers need; Accept-Encoding is not one of them.
        shown.Except(["accept-encoding"], StringComparer.Ordinal)
            .ShouldBe(callback.GetProperty("headers").EnumerateObject().Select(h => h.Name.ToLowerInvariant()), ignoreOrder: true);
        var body = string.Join('\n', example.Lines.SkipWhile(l => l.Length > 0)).Replace("VERIFIED", "CANCELLED", StringComparison.Ordinal);
        ShownAnswer.Differences(body, callback.GetProperty("body").GetString()!).ShouldBeEmpty(arrived);
    }
}
