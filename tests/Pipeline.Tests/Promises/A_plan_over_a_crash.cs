using System.Collections.Concurrent;
using OtpPipeline.Pipeline.Tests.Harness;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Promises;

/// <summary>
/// The plan is sms, then call after 15 minutes. A third of the messages arrives and its PIN is typed in; a third does not arrive, as a
/// receipt says; of a third nothing is heard. Both workers are killed meanwhile.
/// </summary>
public sealed class A_plan_over_a_crash
{
    private const string PublicUrl = "https://otp.example.com";

    private enum Fate
    {
        Delivered,
        Undelivered,
        Silent,
    }

    [Fact]
    public async Task Sends_on_exactly_the_channels_that_plan_and_receipts_ask_for()
    {
        var count = Load.Scale(300, 10_000);
        await using var twilio = await TwilioStandIn.StartAsync();
        await using var pipeline = await RunningPipeline.StartAsync(new() { Workers = 2, Settings = Settings(twilio) });
        await RecordClaimsAsync(pipeline.Database);
        var users = new Users(pipeline, twilio, count);

        var killing = KillBothAsync(pipeline, twilio, count);
        await users.RequestAsync();
        await UntilOverAsync(pipeline, users);
        await killing;

        await users.ShouldHaveBeenAnsweredAsync();
        foreach (var messages in twilio.All.GroupBy(m => users.Of(m.To)))
        {
            messages.Select(m => m.IsCall).Distinct().Order().ToArray().ShouldBe(
                messages.Key.Fate == Fate.Delivered ? [false] : [false, true], $"{messages.Key.Fate} {messages.Key.OtpId}");
        }

        twilio.All.Select(m => m.To).Distinct().Count().ShouldBe(count, "each got a message");
        twilio.All.Select(m => m.StatusCallback).Distinct().Count().ShouldBe(twilio.All.Count, "no attempt is sent twice");
        var delivered = users.IdsOf(Fate.Delivered);
        (await pipeline.Database.CountAsync("otps WHERE status = 'VERIFIED' AND id = ANY ($1)", delivered)).ShouldBe(delivered.Length);
        (await pipeline.Database.CountAsync("claims WHERE otp_status <> 'PENDING'")).ShouldBe(0, "nothing is claimed after the end");
        (await pipeline.Database.CountAsync("(SELECT FROM claims GROUP BY delivery_id HAVING count(*) > 1) twice")).ShouldBe(0);
        await pipeline.Events.UntilGapFreeAsync(pipeline.Database, users.Ids);
        await ReportAsync(pipeline, twilio, count);
    }

    private static Dictionary<string, string> Settings(TwilioStandIn twilio)
    {
        var settings = new Dictionary<string, string>(HostSettings.ShortLease, StringComparer.Ordinal)
        {
            ["Api:PublicUrl"] = PublicUrl,
            ["Deliveries:Channels:sms:Provider"] = "texts",
            ["Deliveries:Channels:call:Provider"] = "calls",
            ["Deliveries:LostAfter"] = "00:00:03",
            ["Outbox:Lease"] = "00:00:16",
        };
        foreach (var (key, value) in twilio.Entry("texts", "twilio-sms").Concat(twilio.Entry("calls", "twilio-voice")))
        {
            settings[key] = value;
        }

        return settings;
    }

    /// <summary>Notes each claim with the OTP's status at that moment.</summary>
    private static Task RecordClaimsAsync(Database database) => database.ExecuteAsync(
        """
        CREATE TABLE claims (delivery_id uuid, otp_status text);
        CREATE FUNCTION record_claim() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO claims SELECT NEW.id, o.status FROM otps o WHERE o.id = NEW.otp_id;
            RETURN NULL;
        END $$;
        CREATE TRIGGER record_claim AFTER UPDATE ON deliveries FOR EACH ROW
            WHEN (OLD.status = 'QUEUED' AND NEW.status = 'SENDING') EXECUTE FUNCTION record_claim();
        """);

    /// <summary>One dies among the messages, the other among the calls; each is started again.</summary>
    private static async Task KillBothAsync(RunningPipeline pipeline, TwilioStandIn twilio, int count)
    {
        await Eventually.Until(() => twilio.All.Count > count / 4, "messages are on their way");
        await pipeline.Workers[0].KillAsync();
        var first = pipeline.Workers[0].StartAsync();
        await Eventually.Until(() => twilio.All.Count(m => m.IsCall) > count / 10, "calls are on their way");
        await pipeline.Workers[1].KillAsync();
        await Task.WhenAll(first, pipeline.Workers[1].StartAsync());
    }

    /// <summary>Ends the wait where no receipt does, and waits until nothing is under way.</summary>
    private static Task UntilOverAsync(RunningPipeline pipeline, Users users) => Eventually.Until(
        async () =>
        {
            // A killed worker leaves an UNKNOWN message, which may have arrived: beside it, a receipt of UNDELIVERED ends no wait.
            await pipeline.Database.ExecuteAsync(
                """
                UPDATE pending_steps SET due_at = clock_timestamp() WHERE otp_id IN (
                    SELECT otp_id FROM pending_steps s WHERE due_at > clock_timestamp() AND (otp_id = ANY ($1) OR otp_id = ANY ($2)
                        AND EXISTS (SELECT FROM deliveries d WHERE d.otp_id = s.otp_id AND d.step = 1 AND d.status = 'UNKNOWN'))
                    FOR UPDATE SKIP LOCKED)
                """,
                users.IdsOf(Fate.Silent), users.IdsOf(Fate.Undelivered));
            return await pipeline.Database.CountAsync("deliveries WHERE step = 2 AND status = 'SENT'") >= users.Ids.Length * 2 / 3
                && await pipeline.Database.CountAsync("deliveries WHERE status IN ('QUEUED', 'SENDING')") == 0
                && await pipeline.Database.CountAsync("pending_steps") == 0;
        },
        "nothing is under way any more",
        TimeSpan.FromMinutes(Load.IsLong ? 10 : 2));

    private static async Task ReportAsync(RunningPipeline pipeline, TwilioStandIn twilio, int count)
    {
        var sent = await pipeline.Database.CountAsync("deliveries WHERE status IN ('SENT', 'DELIVERED', 'UNDELIVERED')");
        var unknown = await pipeline.Database.CountAsync("deliveries WHERE status = 'UNKNOWN'");
        var calls = twilio.All.Count(m => m.IsCall);
        Figures.Print(
            $"{count} plans of sms and call, workers killed twice",
            $"{twilio.All.Count - calls} messages, {calls} calls; {sent} attempts sent, {unknown} UNKNOWN");
        twilio.All.Count.ShouldBeInRange((int)sent, (int)(sent + unknown), "only an UNKNOWN attempt may have sent nothing");
    }

    /// <summary>Those who get the messages, and what becomes of them.</summary>
    private sealed class Users
    {
        private readonly RunningPipeline _pipeline;
        private readonly TwilioStandIn _twilio;
        private readonly User[] _all;
        private readonly Dictionary<string, User> _byRecipient;
        private readonly ConcurrentBag<Task<int>> _receipts = [];
        private int _taken;

        public Users(RunningPipeline pipeline, TwilioStandIn twilio, int count)
        {
            (_pipeline, _twilio) = (pipeline, twilio);
            _all = [.. Enumerable.Range(0, count).Select(i => new User(Recipients.Next(), (Fate)(i % 3)))];
            _byRecipient = _all.ToDictionary(u => u.Recipient, StringComparer.Ordinal);
            twilio.Taken = TakeAsync;
        }

        public Guid[] Ids => [.. _all.Select(u => u.OtpId)];

        public User Of(string recipient) => _byRecipient[recipient];

        public Guid[] IdsOf(Fate fate) => [.. _all.Where(u => u.Fate == fate).Select(u => u.OtpId)];

        public Task RequestAsync() => Load.RunAsync(_all.Length, 32, async i =>
        {
            _all[i].OtpId = await _pipeline.RequestAsync(new
            {
                phoneNumber = _all[i].Recipient,
                template = "Code {{pin}}",
                ttl = 1800,
                channels = new object[] { "sms", new { channel = "call", waitSeconds = 900 } },
            });
            _all[i].IsRequested.SetResult();
            return true;
        });

        public async Task ShouldHaveBeenAnsweredAsync()
        {
            (await Task.WhenAll(_receipts)).ShouldAllBe(status => status == 200);
            (await Task.WhenAll(_all.Select(u => u.Verification).OfType<Task<HostAnswer>>())).ShouldAllBe(a => a.Status == 200);
        }

        /// <summary>Every other receipt comes before the answer to its message.</summary>
        private async Task TakeAsync(TwilioMessage message)
        {
            if (message.IsCall || Of(message.To).Fate == Fate.Silent)
            {
                return;
            }

            var receipt = Task.Run(() => TellAsync(message));
            _receipts.Add(receipt);
            if (Interlocked.Increment(ref _taken) % 2 == 0)
            {
                await receipt;
            }
        }

        private async Task<int> TellAsync(TwilioMessage message)
        {
            var user = Of(message.To);
            var word = user.Fate == Fate.Delivered ? "delivered" : "undelivered";
            var status = await _twilio.TellAsync(message, word, _pipeline.Apis[0].Address);
            if (user.Fate == Fate.Delivered)
            {
                lock (user)
                {
                    user.Verification ??= VerifyAsync(user, message.Text["Code ".Length..]);
                }
            }

            return status;
        }

        private async Task<HostAnswer> VerifyAsync(User user, string pin)
        {
            await user.IsRequested.Task;
            return await _pipeline.Client.VerifyAsync(user.OtpId, pin);
        }
    }

    private sealed class User(string recipient, Fate fate)
    {
        public string Recipient => recipient;

        public Fate Fate => fate;

        public TaskCompletionSource IsRequested { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Guid OtpId { get; set; }

        public Task<HostAnswer>? Verification { get; set; }
    }
}
