using System.Text.Json;
using OtpPipeline.Contracts;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Workers.Tests.Support;

namespace OtpPipeline.Workers.Tests.Deliveries;

/// <summary>One message that names several OTPs.</summary>
public sealed class A_work_command_of_many_OTPs : WorkOfManyOtps
{
    [Fact]
    public async Task With_more_than_the_worker_has_places_is_carried_out_as_places_get_free()
    {
        var otps = await RequestAsync(10);
        Provider.Gate = Gate.Task;
        await using var worker = await WorkerAsync(Provider);
        await PublishAsync(otps);

        await Eventually.Until(() => Provider.UnderWay == Places, "all places are in use");
        (await CountAsync("status = 'SENDING'")).ShouldBe(Places);
        (await CountAsync("status = 'QUEUED'")).ShouldBe(otps.Count - Places);
        Gate.SetResult();

        await UntilSentAsync(otps);
        Provider.Calls.ShouldBe(otps, ignoreOrder: true);
        Provider.Most.ShouldBe(Places);
        await NothingIsLeftAsync(worker);
    }

    [Fact]
    public async Task Claims_no_more_than_the_provider_has_places_for()
    {
        var otps = await RequestAsync(6);
        Provider.Gate = Gate.Task;
        await using var worker = await WorkerAsync(Provider, providerPlaces: 2);
        await PublishAsync(otps);

        await Eventually.Until(() => Provider.UnderWay == 2, "the provider has what it takes");
        await Eventually.Until(
            async () => await CountAsync("waiting_since IS NOT NULL") > 0, "one with a place of the channel is postponed");
        (await CountAsync("status = 'SENDING'")).ShouldBe(2);
        Gate.SetResult();

        await UntilSentAsync(otps);
        Provider.Calls.ShouldBe(otps, ignoreOrder: true);
        Provider.Most.ShouldBe(2);
    }

    [Fact]
    public async Task That_comes_again_is_carried_out_for_what_is_left_and_not_while_another_claim_holds()
    {
        var otps = await RequestAsync(9);
        await using var worker = await WorkerAsync(Provider);
        await PublishAsync(otps[..3]);
        await UntilSentAsync(otps[..3]);
        Provider.Gate = Gate.Task;
        await PublishAsync(otps[3..6]);
        await Eventually.Until(() => Provider.UnderWay == 3, "three are under way");

        await PublishAsync(otps);
        await PublishAsync(otps);
        await Eventually.Until(async () => await Broker.CountAsync("otp-sms") == 0, "the worker has both");
        Gate.SetResult();

        await UntilSentAsync(otps);
        await NothingIsLeftAsync(worker);
        Provider.Calls.ShouldBe(otps, ignoreOrder: true);
    }

    [Fact]
    public async Task Delivers_the_others_where_one_expired_one_was_cancelled_one_is_throttled_and_the_hints_of_one_are_stale()
    {
        var otps = await RequestAsync(7);
        var throttled = 0;
        Provider.Answer = d => d.Delivery.OtpId == otps[2] && Interlocked.Increment(ref throttled) == 1
            ? new SendOutcome.Throttled("throttled") : new SendOutcome.Accepted(null);
        await SetAsync("UPDATE otps SET expires_at = now()", otps[0]);
        await SetAsync("UPDATE otps SET status = 'CANCELLED'", otps[1]);
        await using var worker = await WorkerAsync(Provider);

        var further = otps[1..].Select(o => new FurtherOtp(o, o == otps[3] ? 2 : 1, "fr")).ToList();
        await Api.PublishAsync(new OtpRequested(otps[0], "sms", 1, "fr", null, further), "sms");

        await UntilSentAsync(otps[4..]);
        await UntilSentAsync([otps[2]]);
        Provider.Calls.ShouldBe([otps[2], otps[2], .. otps[4..]], ignoreOrder: true);
        (await CountAsync($"otp_id = '{otps[3]}' AND status = 'QUEUED' AND lease_id IS NULL")).ShouldBe(1);
        (await CountAsync($"otp_id IN ('{otps[0]}', '{otps[1]}') AND lease_id IS NOT NULL")).ShouldBe(0);
    }

    [Fact]
    public async Task Delivers_once_what_it_names_twice_and_before_that_with_stale_hints()
    {
        var otps = await RequestAsync(1);
        await using var worker = await WorkerAsync(Provider);

        await Api.PublishAsync(new OtpRequested(otps[0], "sms", 1, "fr", "stub", [new(otps[0], 1, "fr"), new(otps[0], 1, "fr")]), "sms");

        await UntilSentAsync(otps);
        await NothingIsLeftAsync(worker);
        Provider.Calls.ShouldBe(otps);
    }

    [Fact]
    public async Task Asks_for_each_OTP_the_provider_of_its_route()
    {
        var french = await RequestAsync(2);
        var german = await RequestAsync(2, "+49151123");
        await using var worker = await WorkerAsync(Provider, Other);

        await PublishAsync([french[0], german[0], french[1], german[1]], otp => french.Contains(otp) ? "fr" : "default");

        await UntilSentAsync([.. french, .. german]);
        Provider.Calls.ShouldBe(french, ignoreOrder: true);
        Other.Calls.ShouldBe(german, ignoreOrder: true);
    }

    [Fact]
    public async Task Leaves_to_another_worker_what_finds_no_place_while_its_calls_hang()
    {
        var otps = await RequestAsync(9);
        Provider.Gate = Gate.Task;
        await using var hanging = await WorkerAsync(Provider);
        await PublishAsync(otps);
        await Eventually.Until(() => Provider.UnderWay == Places, "its places are in use");

        var free = new StubProvider("stub");
        await using var idle = await WorkerAsync(free);

        await Eventually.Until(
            async () => await CountAsync("status = 'SENT'") == otps.Count - Places, "the idle worker has sent the rest");
        free.Calls.Count.ShouldBe(otps.Count - Places);
        Provider.Calls.Count.ShouldBe(Places);
        (await CountAsync("status = 'SENDING'")).ShouldBe(Places);
        (await CountAsync("republished > 0")).ShouldBe(0);
        Gate.SetResult();
        await UntilSentAsync(otps);
        Provider.Calls.Concat(free.Calls).ShouldBe(otps, ignoreOrder: true);
        await idle.DisposeAsync();
        await NothingIsLeftAsync(hanging);
    }

    [Fact]
    public async Task Is_given_back_by_a_worker_that_stops_but_for_what_is_under_way()
    {
        var otps = await RequestAsync(8);
        Provider.Gate = Gate.Task;
        var stopping = await WorkerAsync(Provider);
        await PublishAsync(otps);
        await Eventually.Until(() => Provider.UnderWay == Places, "its places are in use");

        var stop = stopping.DisposeAsync().AsTask();
        await Eventually.Until(async () => await Broker.CountAsync("otp-sms") > 0, "what it has not claimed is in the queue again");
        stop.IsCompleted.ShouldBeFalse("its calls are under way");
        Gate.SetResult();
        await stop;

        // As long as its endpoint stands, the broker may hand the rest to it once more, when it has places again.
        (await CountAsync("status = 'SENT'")).ShouldBeInRange(Places, otps.Count);
        (await CountAsync("status IN ('SENT', 'QUEUED')")).ShouldBe(otps.Count);

        var next = new StubProvider("stub");
        await using var worker = await WorkerAsync(next);
        await UntilSentAsync(otps);
        Provider.Calls.Concat(next.Calls).ShouldBe(otps, ignoreOrder: true);
        (await CountAsync("republished > 0")).ShouldBe(0);
    }

    [Fact]
    public async Task That_nobody_of_ours_wrote_changes_nothing_and_one_of_an_earlier_version_is_understood()
    {
        var otps = await RequestAsync(2);
        await using var worker = await WorkerAsync(Provider);
        var unknown = string.Join(',', Enumerable.Range(0, 500).Select(_ => $$"""{"otpId":"{{Guid.CreateVersion7()}}","step":1}"""));
        var lie = $$"""{"otpId":"{{Guid.CreateVersion7()}}","channel":"sms","step":1,"further":[null,{},{{unknown}}]}""";

        await Broker.PublishAsync("otp-requested", "sms", lie);
        await Broker.PublishAsync(
            "otp-requested", "sms",
            JsonSerializer.Serialize(new { otpId = otps[0], channel = "sms", step = 1, route = "fr", tried = (string?)null }));

        await UntilSentAsync(otps[..1]);
        await NothingIsLeftAsync(worker);
        (await Broker.CountAsync("otp-sms_error")).ShouldBeNull();
        Provider.Calls.ShouldBe(otps[..1]);
    }
}
