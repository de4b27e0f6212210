using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Workers.Tests.Providers.Support;

namespace OtpPipeline.Workers.Tests.Providers.Http;

public sealed class Writing_optional_fields
{
    [Fact]
    public async Task Of_a_form_leaves_empty_ones_out_and_the_others_arrive_whole()
    {
        var got = await SendAsync(new()
        {
            ["Body:Format"] = "form", ["Body:Template"] = "a=1&a=2", ["Body:Fields:text"] = "{{text}}", ["Body:Fields:name"] = "{{name}}",
            ["Body:Fields:b c"] = "<a>{{from|xml}}</a>",
        });

        var form = QueryHelpers.ParseQuery(got.Body);
        form.Keys.Order().ShouldBe(["a", "b c", "text"]);
        (form["a"].ToString(), form["text"].ToString(), form["b c"].ToString()).ShouldBe(("1,2", Messages.Hostile, "<a>Tests</a>"));
    }

    [Fact]
    public async Task Of_a_query_leaves_empty_ones_out_and_adds_the_others_to_the_address()
    {
        var got = await SendAsync(new()
        {
            ["Method"] = "GET", ["Body:Format"] = "query", ["Body:Fields:text"] = "{{text}}", ["Body:Fields:name"] = "{{name}}",
            ["Auth:Scheme"] = "query", ["Auth:Name"] = "key", ["Auth:Token"] = "t&k",
        });

        var query = QueryHelpers.ParseQuery(got.Target.Split('?')[1]);
        query.Keys.Order().ShouldBe(["key", "text"]);
        (query["key"].ToString(), query["text"].ToString()).ShouldBe(("t&k", Messages.Hostile));
    }

    [Fact]
    public async Task Of_a_JSON_body_can_leave_empty_texts_out()
    {
        var got = await SendAsync(new()
        {
            ["Body:Format"] = "json", ["Body:OmitEmpty"] = "true",
            ["Body:Template"] = """{"text":"{{text}}","name":"{{name}}","list":[{"name":"{{name}}","n":0,"no":null}],"o":{}}""",
        });

        var body = JsonNode.Parse(got.Body)!.AsObject();
        body["text"]!.GetValue<string>().ShouldBe(Messages.Hostile);
        body.Remove("text");
        body.ToJsonString().ShouldBe("""{"list":[{"n":0,"no":null}],"o":{}}""");
    }

    [Fact]
    public async Task Of_a_JSON_body_leaves_out_what_had_nothing_else_in_it()
    {
        var got = await SendAsync(new()
        {
            ["Body:Format"] = "json", ["Body:OmitEmpty"] = "true",
            ["Body:Template"] =
                """
                {"a":{"b":{"name":"{{name}}"}},"no":[{"n":"{{name}}"}],
                 "list":[{"name":"{{name}}"},{"text":"{{text}}"},[{"name":"{{name}}"}],null,""]}
                """,
        });

        var body = JsonNode.Parse(got.Body)!.AsObject();
        body["list"]![0]!["text"]!.GetValue<string>().ShouldBe(Messages.Hostile);
        body["list"]![0]!["text"] = "x";
        body.ToJsonString().ShouldBe("""{"list":[{"text":"x"},null]}""");
    }

    [Fact]
    public async Task Of_a_form_may_have_a_colon_in_their_names()
    {
        var got = await SendAsync(new() { ["Body:Format"] = "form", ["Body:Fields:v%3Aname"] = "{{from}}" });

        QueryHelpers.ParseQuery(got.Body).ShouldHaveSingleItem().Key.ShouldBe("v:name");
    }

    [Fact]
    public async Task A_colon_stays_in_a_path_and_nothing_leaves_its_segment()
    {
        var got = await SendAsync(new() { ["Secrets:t"] = "12:a/b?c#d e" }, "/bot{{secret.t}}/send?x={{secret.t}}");

        got.Target.ShouldBe("/bot12:a%2Fb%3Fc%23d%20e/send?x=12%3Aa%2Fb%3Fc%23d%20e");
    }

    private static async Task<ReceivedRequest> SendAsync(Dictionary<string, string?> keys, string path = "/send")
    {
        await using var gateway = await HttpReceiver.StartAsync();
        await using var host = new ProviderHost(keys.With(("Type", "http"), ("Url", gateway.Url + path)));
        (await host.SendAsync(Messages.To("+33612246400", text: Messages.Hostile))).ShouldBe(new SendOutcome.Accepted(null));
        return gateway.Single;
    }
}
