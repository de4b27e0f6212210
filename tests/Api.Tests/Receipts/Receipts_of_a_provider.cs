using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using OtpPipeline.Api.Tests.Support;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Deliveries.Sending;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Receipts;

namespace OtpPipeline.Api.Tests.Receipts;

public sealed class Receipts_of_a_provider : IClassFixture<Gateway>
{
    private static readonly string Forged = new('A', ReceiptToken.Length);

    /// <summary>Sessions of this database that wait for the lock on a message's name.</summary>
    private static readonly FormattableString Waiting =
        $"""
        SELECT count(*) AS "Value" FROM pg_locks
        WHERE locktype = 'advisory' AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
        """;

    private readonly ApiHost _host;
    private readonly Gateway _gateway;

    public Receipts_of_a_provider(ApiHost host, Gateway gateway)
    {
        Servers.SkipWithout();
        (_host, _gateway) = (host, gateway);
    }

    [Fact]
    public async Task At_the_address_of_a_token_change_its_delivery_and_show_in_GET()
    {
        var otpId = await _gateway.WithDeliveryAsync(DeliveryStatus.Sent, "m-1");
        var token = Gateway.TokenOf(otpId);

        (await _gateway.SendAsync(token, new SignedReader.Row("delivered"))).Status.ShouldBe(HttpStatusCode.OK);
        (await _gateway.SendAsync(token, new SignedReader.Row("read"))).Status.ShouldBe(HttpStatusCode.OK);

        var shown = (await _host.Client(_host.Shop).ReadAsync(otpId)).Json.GetProperty("deliveries")[0];
        var delivery = await _gateway.DeliveryAsync(otpId);
        shown.GetProperty("status").GetString().ShouldBe("READ");
        shown.GetProperty("providerMessageId").GetString().ShouldBe("m-1");
        shown.GetProperty("dateSent").GetDateTime().ShouldBe(delivery.SentAt!.Value);
        shown.GetProperty("dateDelivered").GetDateTime().ShouldBe(delivery.DeliveredAt!.Value);
        shown.GetProperty("dateRead").GetDateTime().ShouldBe(delivery.ReadAt!.Value);
        (await _gateway.ChangesAsync(otpId)).Select(c => (c.Sequence, c.Status))
            .ShouldBe([(1, "PENDING"), (2, "DELIVERED"), (3, "READ")]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task At_one_address_for_all_find_their_deliveries_by_reference_or_message_id(bool byReference)
    {
        var (first, second) = (Guid.CreateVersion7().ToString(), Guid.CreateVersion7().ToString());
        var arrived = await _gateway.WithDeliveryAsync(DeliveryStatus.Sent, first);
        var lost = await _gateway.WithDeliveryAsync(DeliveryStatus.Sent, second);

        var answer = byReference
            ? await _gateway.SendAsync(
                null, new("delivered", Reference: Gateway.TokenOf(arrived)), new("undelivered", "other", Gateway.TokenOf(lost), "absent"))
            : await _gateway.SendAsync(null, new("delivered", first, "not our reference"), new("undelivered", second, Reason: "absent"));

        answer.Status.ShouldBe(HttpStatusCode.OK);
        (await _gateway.DeliveryAsync(arrived)).Status.ShouldBe(DeliveryStatus.Delivered);
        var delivery = await _gateway.DeliveryAsync(lost);
        (delivery.Status, delivery.Reason, delivery.ProviderMessageId).ShouldBe((DeliveryStatus.Undelivered, "absent", second));
        (await _host.Client(_host.Shop).ReadAsync(lost)).Json.GetProperty("status").GetString().ShouldBe("PENDING");
        (await _host.Client(_host.Shop).VerifyAsync(lost, await _host.PinOfAsync(lost))).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Of_a_reply_that_the_provider_expects_get_it()
    {
        var answer = await _gateway.SendRawAsync("/r/providers/gateway?challenge=%2Bb+c", body: null);

        (answer.Status, answer.Text).ShouldBe((HttpStatusCode.Accepted, "echo of ?challenge=%2Bb+c"));
        answer["Content-Type"].ShouldBe("text/plain; charset=utf-8");
        answer["X-Content-Type-Options"].ShouldBe("nosniff");
    }

    [Fact]
    public async Task That_are_not_authentic_are_answered_alike_and_change_nothing()
    {
        var otpId = await _gateway.WithDeliveryAsync(DeliveryStatus.Sent, "m-2");
        var token = Gateway.TokenOf(otpId);
        const string Body = """[{"status":"delivered","id":"m-2"}]""";
        var expected = new Dictionary<(string Provider, string Result), long>
        {
            [("none", "forged")] = 3,
            [("none", "unknown")] = 3,
            [("gateway", "forged")] = 2,
            [("gateway", "unreadable")] = 1,
            [("unsigned", "forged")] = 1,
            [("described", "forged")] = 3,
        };
        var before = expected.Keys.ToDictionary(k => k, k => _gateway.Counted(k.Provider, k.Result));

        Answer[] answers =
        [
            await _gateway.SendRawAsync("/r/" + Forged, Body),
            await _gateway.SendRawAsync("/r/" + (token[0] == 'A' ? "B" : "A") + token[1..], Body),
            await _gateway.SendRawAsync("/r/x", Body),
            await _gateway.SendRawAsync("/r/" + Gateway.TokenOf(Guid.CreateVersion7()), Body),
            await _gateway.SendRawAsync("/r/" + Gateway.TokenOf(otpId, attempt: 2), Body),
            await _gateway.SendRawAsync("/r/" + token, Body, signed: false),
            await _gateway.SendRawAsync("/r/" + token, "{"),
            await _gateway.SendRawAsync("/r/providers/nobody", Body),
            await _gateway.SendRawAsync("/r/providers/gateway", Body, signed: false),
            await _gateway.SendRawAsync("/r/providers/unsigned", Body),
            await _gateway.SendRawAsync("/r/providers/described", "{\"a\":1,\"a\":2}", mediaType: "application/json"),
            await _gateway.SendRawAsync("/r/providers/described", "{\"a\":\"\\ud800\"}", mediaType: "application/json"),
            await _gateway.SendRawAsync("/r/providers/described", "{\"\\ud800\":\"a\"}", mediaType: "application/json"),
        ];

        answers.ShouldAllBe(a => a.Status == HttpStatusCode.NotFound && a.Text == answers[0].Text);
        answers.Select(a => string.Join(',', a.Headers.Keys.Order())).Distinct().ShouldHaveSingleItem();
        (await _gateway.DeliveryAsync(otpId)).Status.ShouldBe(DeliveryStatus.Sent);
        (await _gateway.ChangesAsync(otpId)).ShouldHaveSingleItem();
        expected.Keys.ToDictionary(k => k, k => _gateway.Counted(k.Provider, k.Result) - before[k]).ShouldBe(expected);
    }

    [Fact]
    public async Task Without_a_signature_are_authentic_by_the_token_only()
    {
        var otpId = await _gateway.WithDeliveryAsync(DeliveryStatus.Sent, provider: UnsignedReader.Name);

        (await _gateway.SendRawAsync("/r/" + Gateway.TokenOf(otpId), body: null, signed: false)).Status.ShouldBe(HttpStatusCode.OK);

        (await _gateway.DeliveryAsync(otpId)).Status.ShouldBe(DeliveryStatus.Delivered);
    }

    [Fact]
    public async Task That_name_a_delivery_of_another_provider_change_nothing()
    {
        var otpId = await _gateway.WithDeliveryAsync(DeliveryStatus.Sent, "m-3", UnsignedReader.Name);
        var before = _gateway.Counted("gateway", "unknown");

        var answer = await _gateway.SendAsync(null, new SignedReader.Row("delivered", Reference: Gateway.TokenOf(otpId)));

        answer.Status.ShouldBe(HttpStatusCode.OK);
        (await _gateway.DeliveryAsync(otpId)).Status.ShouldBe(DeliveryStatus.Sent);
        (_gateway.Counted("gateway", "unknown") - before).ShouldBe(1);
    }

    [Fact]
    public async Task That_are_larger_than_64_KB_are_refused()
    {
        var answer = await _gateway.SendRawAsync("/r/providers/gateway", new string(' ', 64 * 1024 + 1));

        answer.Status.ShouldBe(HttpStatusCode.BadRequest);
        answer.Text.ShouldContain("invalid_body");
    }

    [Fact]
    public async Task That_came_before_the_message_id_are_kept_and_applied_with_the_outcome()
    {
        var id = Guid.CreateVersion7().ToString();
        var otpId = await _gateway.WithDeliveryAsync(DeliveryStatus.Sending);
        var kept = _gateway.Counted("gateway", "kept");

        // The second one is kept already.
        (await _gateway.SendAsync(null, new SignedReader.Row("delivered", id))).Status.ShouldBe(HttpStatusCode.OK);
        (await _gateway.SendAsync(null, new SignedReader.Row("delivered", id))).Status.ShouldBe(HttpStatusCode.OK);
        (await KeptAsync(id)).ShouldBe(1);
        (await OutcomeAsync(otpId, new SendOutcome.Accepted(id))).ShouldBeTrue();

        (await _gateway.ChangesAsync(otpId)).Select(c => c.Status).ShouldBe(["PENDING", "SENT", "DELIVERED"]);
        (await _gateway.DeliveryAsync(otpId)).ProviderMessageId.ShouldBe(id);
        (await KeptAsync(id)).ShouldBe(0);
        (_gateway.Counted("gateway", "kept") - kept).ShouldBe(2);
    }

    [Fact]
    public async Task That_come_while_the_outcome_is_being_written_wait_for_its_commit_and_find_the_delivery()
    {
        var id = Guid.CreateVersion7().ToString();
        var otpId = await _gateway.WithDeliveryAsync(DeliveryStatus.Sending);
        var store = _gateway.Server.Services.GetRequiredService<Core.Otps.Changes.IOtpStore>();
        var secrets = _gateway.Server.Services.GetRequiredService<Core.Secrets.OtpSecrets>();
        await using var unit = await store.BeginAsync(CancellationToken.None);
        var locked = await unit.LockForOutcomesAsync([otpId], [new(SignedReader.Name, id)], CancellationToken.None);
        var outbox = _gateway.Server.Services.GetRequiredService<Outbox.IOutbox>().NewBatch();
        var changes = new Core.Otps.Changes.OtpChanges(outbox, locked.Now, secrets);
        var otp = locked.Otps[otpId];
        otp.Deliveries[0].ProviderMessageId = id;
        changes.Move(otp, otp.Deliveries[0], DeliveryStatus.Sent, null);

        var sending = _gateway.SendAsync(null, new SignedReader.Row("delivered", id));
        await Eventually.Until(async () => await _host.QueryAsync(db => db.Database.SqlQuery<long>(Waiting).SingleAsync()) > 0, "it waits");
        sending.IsCompleted.ShouldBeFalse();
        await unit.SaveAsync(changes, outbox.Messages, CancellationToken.None);

        (await sending).Status.ShouldBe(HttpStatusCode.OK);
        (await _gateway.ChangesAsync(otpId)).Select(c => c.Status).ShouldBe(["PENDING", "SENT", "DELIVERED"]);
        (await KeptAsync(id)).ShouldBe(0);
    }

    [Fact]
    public async Task After_the_end_of_the_OTP_still_change_the_delivery_and_owe_a_callback()
    {
        var application = await _host.Admin().WithApplicationAsync(new { callbackEvents = "all" });
        await _gateway.Server.RefreshAsync();
        await _host.RefreshAsync();
        var answer = await _host.Client(application.Tenant)
            .RequestAsync(new { phoneNumber = Recipients.Next(), otpCallbackUrl = "https://shop.example.com/otp" });
        var otpId = answer.Json.GetProperty("otpId").GetGuid();
        await _gateway.PutAsync(otpId, DeliveryStatus.Sent);
        (await _host.Client(application.Tenant).CancelAsync(otpId)).Status.ShouldBe(HttpStatusCode.OK);

        (await _gateway.SendAsync(Gateway.TokenOf(otpId), new SignedReader.Row("delivered"))).Status.ShouldBe(HttpStatusCode.OK);

        (await _gateway.ChangesAsync(otpId)).Select(c => (c.Sequence, c.Status))
            .ShouldBe([(1, "PENDING"), (2, "CANCELLED"), (3, "DELIVERED")]);
        var callbacks = await _host.QueryAsync(db => db.Callbacks.Where(c => c.OtpId == otpId).Select(c => c.Sequence).ToListAsync());
        callbacks.Order().ShouldBe([2, 3]);
    }

    [Fact]
    public async Task Have_no_address_without_a_public_one_of_the_Api()
    {
        var otpId = await _gateway.WithDeliveryAsync(DeliveryStatus.Sent);

        var answer = await _host.Client(null).SendAsync(HttpMethod.Post, "/r/" + Gateway.TokenOf(otpId));

        answer.Status.ShouldBe(HttpStatusCode.NotFound);
        (await _gateway.DeliveryAsync(otpId)).Status.ShouldBe(DeliveryStatus.Sent);
    }

    private Task<int> KeptAsync(string id) => _host.QueryAsync(
        db => db.Set<KeptReceipt>().CountAsync(r => r.Provider == SignedReader.Name && r.ProviderMessageId == id));

    private async Task<bool> OutcomeAsync(Guid otpId, SendOutcome outcome)
    {
        var outcomes = _gateway.Server.Services.GetRequiredService<DeliveryOutcomes>();
        var delivery = await _gateway.DeliveryAsync(otpId);
        return await outcomes.RecordAsync(
            new(otpId, delivery.ApplicationId, delivery.Id, delivery.LeaseId!.Value, outcome) { ReceiptsFrom = SignedReader.Name },
            CancellationToken.None);
    }
}
