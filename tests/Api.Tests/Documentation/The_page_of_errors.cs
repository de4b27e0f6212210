using System.Globalization;
using OtpPipeline.Api.Documentation;
using OtpPipeline.Api.Responses;
using OtpPipeline.Api.Tests.Support;

namespace OtpPipeline.Api.Tests.Documentation;

public sealed class The_page_of_errors(ApiHost host)
{
    /// <summary>The cells of docs/errors.md, which the Api carries inside.</summary>
    private static readonly List<string[]> Rows = [.. ErrorCodes.Rows()];

    [Fact]
    public void Has_one_row_for_each_code_and_none_for_another()
    {
        Rows.Select(r => int.Parse(r[0], CultureInfo.InvariantCulture)).ShouldBe(ErrorCodes.All.Select(e => e.Code).Distinct());
        Enum.GetValues<Core.Errors.ErrorKind>().Select(k => (int)k).Order().ShouldBe(ErrorCodes.All.Select(e => e.Code).Distinct());
    }

    [Fact]
    public void Says_with_which_status_each_code_comes_what_it_means_and_what_to_do()
    {
        foreach (var row in Rows)
        {
            row.Length.ShouldBe(4, string.Join('|', row));
            row.ShouldAllBe(cell => cell.Length > 0, string.Join('|', row));
            var statuses = ErrorCodes.All.Where(e => e.Code == int.Parse(row[0], CultureInfo.InvariantCulture)).Select(ErrorStatus.From)
                .Distinct().Order();
            row[1].ShouldBe(string.Join(", ", statuses), row[0]);
        }
    }

    [Fact]
    public async Task Is_served_with_the_messages_of_each_code()
    {
        Servers.SkipWithout();
        var page = await host.Client(tenant: null).GetAsync("/docs/errors");

        page.Text.ShouldContain("<tr id=\"2029\"><td>2029</td><td>400</td><td>The PIN is wrong; attempts remain, as <code>attemptsRemaining</code> says</td>");
        page.Text.ShouldContain("invalid_pin: The PIN provided does not verify");
        page.Text.ShouldContain("<code>countryIso</code>");
    }
}
