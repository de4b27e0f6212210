using OtpPipeline.Pipeline.Tests.Harness;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Deployment;

/// <summary>
/// Both hosts as processes without a configuration: the check of Unicode comes first, a missing key of configuration second.
/// </summary>
public sealed class Unicode_in_a_host
{
    private const string Invariant = "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT";

    private const string SwitchedOff =
        "Unicode normalisation is switched off: DOTNET_SYSTEM_GLOBALIZATION_INVARIANT must be false or not set.";

    public static TheoryData<string> Hosts => ["Api", "Workers"];

    [Theory]
    [InlineData("Api", "false")]
    [InlineData("Api", null)]
    [InlineData("Workers", "false")]
    [InlineData("Workers", null)]
    public async Task Works_whatever_culture_the_environment_names(string host, string? invariant)
    {
        var (code, errors) = await RunAsync(host, invariant);

        code.ShouldBe(1);
        errors.ShouldContain("Otp:PinKeys is missing");
        errors.ShouldNotContain("Unicode");
    }

    [Theory]
    [MemberData(nameof(Hosts))]
    public async Task Stops_the_host_with_a_sentence_where_it_is_switched_off(string host)
    {
        var (code, errors) = await RunAsync(host, invariant: "true");

        errors.Trim().ShouldBe(SwitchedOff);
        code.ShouldBe(1);
    }

    private static async Task<(int Code, string Errors)> RunAsync(string host, string? invariant)
    {
        var assembly = Repository.Host(host);

        // Without the variable the host's own configuration decides.
        var (code, _, errors) = await Programs.RunAsync(
            "dotnet", [assembly], Path.GetDirectoryName(assembly), new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["LANG"] = "tr_TR.UTF-8",
            ["LC_ALL"] = "tr_TR.UTF-8",
            ["ASPNETCORE_URLS"] = "http://127.0.0.1:0",
            ["ConnectionStrings__Otp"] = "Host=127.0.0.1;Username=otp;Database=otp",
            ["RabbitMq__Uri"] = "amqp://guest:guest@127.0.0.1/",
            [Invariant] = invariant,
        });
        return (code, errors);
    }
}
