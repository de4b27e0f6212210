using OtpPipeline.Pipeline.Tests.Harness;
using Shouldly;

namespace OtpPipeline.Pipeline.Tests.Promises;

/// <summary>Passwords and texts that the callers of the Perfumerlabs compatible API bring, right and wrong, in body and query.</summary>
internal static class PerfumerlabsSecrets
{
    private const string Text = "OuagadougouAxolotl";
    private const string Html = "ReykjavikOkapi";
    private const string Subject = "UlaanbaatarTapir";
    private const string Wrong = "PLWRG5TQ8M";
    private const string Typed = "KathmanduBilby";

    public static async Task PlantAsync(RunningPipeline pipeline, PlantedSecrets planted)
    {
        using var caller = new PerfumerlabsCaller(pipeline);
        using var stranger = new PerfumerlabsCaller(pipeline, planted.Add("PLKEY4NB9S"));
        foreach (var secret in new[] { Text, Html, Subject, Wrong, Typed, pipeline.Key, PerfumerlabsCaller.Token })
        {
            planted.Add(secret);
        }

        var (phone, email, chat) = (
            planted.Add(Recipients.Next())[1..], planted.Add(Recipients.NextEmail()), planted.Add(Recipients.NextChat()));
        foreach (var (channel, field, target, password) in new[]
        {
            ("sms", "phone", phone, "PLSMS2HV6X"), ("call", "phone", phone, "PLCAL3JW7Y"), ("email", "email", email, "PLEML4KX8Z"),
            ("telegram", "chat_id", chat, "PLTEL5MY9A"),
        })
        {
            planted.Add(password);
            var body = $$"""{"{{field}}":"{{target}}","password":"{{password}}","lifetime":300,"message":"{{Text}} {{password}}","subject":"{{Subject}}","text":"{{Text}}","html":"<p>{{Html}}</p>"}""";
            (await caller.PostAsync(channel, body)).Status.ShouldBe(200);
            (await stranger.PostAsync(channel, body)).Status.ShouldBe(401);
            (await caller.PostAsync(channel, body.Replace("\"lifetime\":300", "\"lifetime\":\"soon\"", StringComparison.Ordinal))).Status
                .ShouldBe(400);
            (await caller.PostAsync(channel, body[..^5])).Status.ShouldBe(400);
            await pipeline.Sandbox.PinAsync(channel is "sms" or "call" ? "+" + target : target);
            (await caller.GetAsync($"{channel}/check?{field}={target}&password={Wrong}", "")).Text.ShouldBe("""{"status":false}""");
            (await caller.GetAsync("password", $$"""{"target":"{{target}}"}""")).Text.ShouldContain(password);
        }

        (await caller.GetAsync($"sms/check?phone={phone}&password=PLSMS2HV6X", "")).Text.ShouldBe("""{"status":true}""");
        (await caller.GetAsync("target?channel=call&password=PLCAL3JW7Y", "")).Text.ShouldContain(phone);
        (await caller.GetAsync($"target?channel=call&password={Wrong}", "")).Text.ShouldBe("""{"status":false}""");
        (await caller.GetAsync($"{Wrong}/check?password={Wrong}", "")).Status.ShouldBe(404);

        // The two that are left stay open for the search.
        var other = planted.Add(Recipients.NextChat());
        (await caller.WebhookAsync(77, other, Typed)).Status.ShouldBe(200);
        (await pipeline.Sandbox.PinAsync(other)).Length.ShouldBe(6);
    }
}
