using OtpPipeline.Api.Tests.Support;

namespace OtpPipeline.Api.Tests.Documentation;

public sealed class The_rules_of_redocly
{
    private readonly ApiHost _host;

    public The_rules_of_redocly(ApiHost host)
    {
        Servers.SkipWithout();
        OpenApiTools.SkipWithout();
        _host = host;
    }

    [Theory]
    [InlineData("v1")]
    [InlineData("admin")]
    [InlineData("beem")]
    [InlineData("bizmagnets")]
    [InlineData("gupshup")]
    [InlineData("perfumerlabs")]
    public async Task Find_no_error_and_no_warning_in(string document)
    {
        var folder = OpenApiTools.NewFolder("redocly");
        await File.WriteAllTextAsync(Path.Combine(folder, "openapi.json"), await _host.DocumentAsync(document));

        var (exitCode, output) = await OpenApiTools.RunAsync(
            folder, "node_modules/.bin/redocly", "lint", "openapi.json", "--extends=recommended", "--format=json");

        exitCode.ShouldBe(0, output);
        var totals = System.Text.Json.JsonElement.Parse(output).GetProperty("totals");
        (totals.GetProperty("errors").GetInt32() + totals.GetProperty("warnings").GetInt32()).ShouldBe(0, output);
    }
}
