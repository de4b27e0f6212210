using System.Diagnostics;
using System.Text;
using OtpPipeline.Core.Recipients;
using Shouldly;
using Xunit;

namespace OtpPipeline.Core.Tests.Recipients;

public class Agreement_with_libphonenumber(ITestOutputHelper output)
{
    private const int Numbers = 100_000;
    private const string Oracle = "OTP_TEST_PHONE_ORACLE";

    [Fact]
    public async Task Is_complete_over_100_000_numbers_of_all_countries()
    {
        var folder = Environment.GetEnvironmentVariable(Oracle);
        Assert.SkipUnless(Directory.Exists(folder), $"needs ./test, which installs libphonenumber-js for {Oracle}");

        var samples = PhoneSamples.Make(Numbers, seed: 20261120);
        var expected = await Judge(folder!, samples, TestContext.Current.CancellationToken);
        var actual = samples.ConvertAll(Ours);

        expected.Count.ShouldBe(Numbers);
        var disagreements = Enumerable.Range(0, Numbers).Where(i => !string.Equals(expected[i], actual[i], StringComparison.Ordinal)).ToList();
        var valid = expected.Where(answer => answer is not "-").ToList();
        var countries = valid.Select(answer => answer[^2..]).Distinct(StringComparer.Ordinal).Count();
        output.WriteLine($"{Numbers - disagreements.Count} of {Numbers} agree; {valid.Count} are valid numbers, of {countries} countries");
        foreach (var i in disagreements.Take(30))
        {
            output.WriteLine($"{samples[i]}: libphonenumber-js {expected[i]}, ours {actual[i]}");
        }

        // Agreeing on nothing but refusals would prove little.
        valid.Count.ShouldBeInRange(Numbers / 4, Numbers * 3 / 4);
        // All but Western Sahara, whose numbers Morocco's leading digits claim in both.
        countries.ShouldBe(244);
        disagreements.ShouldBeEmpty();
    }

    private static string Ours(PhoneSamples.Sample sample) =>
        PhoneNumber.Parse(sample.Text, sample.Country) is PhoneParseResult.Ok { Number: var number } ? $"{number.E164} {number.CountryIso}" : "-";

    private static async Task<List<string>> Judge(string folder, List<PhoneSamples.Sample> samples, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo("node")
        {
            ArgumentList = { Path.Combine(AppContext.BaseDirectory, "Recipients", "phone-oracle", "oracle.cjs"), folder },
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
        };
        using var node = Process.Start(start)!;
        var answers = node.StandardOutput.ReadToEndAsync(cancellation);
        foreach (var sample in samples)
        {
            await node.StandardInput.WriteAsync($"{sample.Country}\t{sample.Text}\n".AsMemory(), cancellation);
        }

        node.StandardInput.Close();
        var text = await answers;
        await node.WaitForExitAsync(cancellation);
        node.ExitCode.ShouldBe(0);
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries)];
    }
}
