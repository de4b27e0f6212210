using System.Text;
using System.Text.Json;
using OtpPipeline.Core.Pins;
using OtpPipeline.Pipeline.Tests.Harness;
using RabbitMQ.Client;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Commands;

[Collection(nameof(SharedPipeline))]
public sealed class A_bad_command(SharedPipeline shared)
{
    private const string Envelope = "application/vnd.masstransit+json";
    private const string Pin = "PNBDC7QW2X";

    public static TheoryData<string, string, string> Unreadable => new()
    {
        { "", "", "unreadable: empty body" },
        { "", "not json", "unreadable: not JSON" },
        { "", $"{{\"pin\":\"{Pin}\"", "unreadable: not JSON" },
        { "", "[]", "unreadable: no JSON object" },
        { "", "[1]", "unreadable: no JSON object" },
        { "", "null", "unreadable: no JSON object" },
        { "", $"\"{Pin}\"", "unreadable: no JSON object" },
        { "text/plain", Pin, "unreadable: not JSON" },
        { "application/xml", $"<pin>{Pin}</pin>", "unreadable: not JSON" },
        { Envelope, $"{{\"messageType\":[\"urn:message:Shop:BuyShoes\"],\"message\":{{\"pin\":\"{Pin}\"}}}}", "unreadable: foreign message type" },
        { Envelope, $"{{\"message\":{{\"pin\":\"{Pin}\"}}}}", "unreadable: foreign message type" },
        { Envelope, "{\"messageType\":[\"urn:message:OtpPipeline.Contracts:VerifyOtp\"],\"message\":[]}", "unreadable: no JSON object" },
        { "huge", "", "unreadable: larger than 1 MB" },
    };

    [Theory]
    [MemberData(nameof(Unreadable))]
    public async Task What_cannot_be_read_is_put_aside_without_its_secrets(string contentType, string body, string reason)
    {
        var pipeline = await shared.GetAsync();
        await using var client = await AmqpClient.ConnectAsync(pipeline);
        var messageId = "+33612246477 " + Guid.NewGuid();
        var bytes = contentType == "huge"
            ? Encoding.UTF8.GetBytes($"{{\"pin\":\"{Pin}{new string('x', 10_000_000)}\"}}")
            : Encoding.UTF8.GetBytes(body);

        await using var neighbours = await Neighbours.StartAsync(pipeline, client);
        await client.SendAsync("verify-otp", bytes, new BasicProperties
        {
            MessageId = messageId,
            CorrelationId = messageId,
            ContentType = contentType is "" or "huge" ? null : contentType,
            Headers = new Dictionary<string, object?>(StringComparer.Ordinal) { ["secret"] = Pin },
        });
        await neighbours.AllAnsweredOnceAsync();

        var put = await Eventually.Get(() => client.TakeAsync("verify-otp_error"), "the message is in the error queue");
        var id = Guid.Parse(put.BasicProperties.MessageId!);
        put.BasicProperties.CorrelationId.ShouldBeNull();
        var headers = put.BasicProperties.Headers!.ToDictionary(
            h => h.Key, h => h.Value is byte[] text ? Encoding.UTF8.GetString(text) : "", StringComparer.Ordinal);
        headers["MT-Fault-Message"].ShouldBe(reason);
        headers.Keys.ShouldNotContain(h => h.StartsWith("MT-Host", StringComparison.Ordinal));
        (Encoding.UTF8.GetString(put.Body.Span) + string.Join(' ', headers.Values)).ShouldNotContain(Pin);
        JsonDocument.Parse(put.Body).RootElement.GetProperty("size").GetInt32().ShouldBe(bytes.Length);
        (await pipeline.Database.CountAsync("dead_letters WHERE id = $1 AND queue = 'verify-otp' AND reason = $2 AND size = " +
            "$3", id, reason, bytes.Length)).ShouldBe(1);
    }

    public static TheoryData<string, string, int, string> Refused => new()
    {
        { "request-otp", "{}", 2117, "The parameter 'applicationId' is missing or names no active application" },
        { "request-otp", "{\"applicationId\":[1]}", 2117, "The parameter 'applicationId' is missing or names no active application" },
        { "verify-otp", "{\"applicationId\":\"01a1fa86-7284-736a-9747-af98cbc88280\"}", 2117, "The parameter 'applicationId' is " +
            "missing or names no active application" },
        { "request-otp", "{\"applicationId\":\"APP\"}", 2001, "The parameter 'phoneNumber' is empty or not set" },
        { "request-otp", "{\"applicationId\":\"APP\",\"phoneNumber\":\"+33612246400\",\"ttl\":\"soon\"}", 2007, "The parameter 'ttl' is not a number" },
        { "request-otp", "{\"applicationId\":\"APP\",\"phoneNumber\":\"+33891123456\"}", 2115, "Premium-rate and shared-cost numbers " +
            "are not served on 'sms' and 'call' for this application: send another 'phoneNumber'" },
        { "request-otp", "{\"applicationId\":\"APP\",\"phoneNumber\":\"+33612246400\",\"metadata\":[]}", 2105, "The parameter 'metadata' must be an object of at most 20 texts (names up to 40, values up to 500 characters)" },
        { "request-otp", "{\"applicationId\":\"APP\",\"ttl\":1,\"ttl\":2}", 2101, "The body holds the same field twice" },
        { "request-otp", "{\"applicationId\":\"APP\",\"metadata\":{\"a\":1,\"a\":2}}", 2101, "The body holds the same field twice" },
        { "request-otp", "{\"applicationId\":\"APP\",\"name\":\"\\ud800\"}", 2101, "The body is not valid UTF-8 text" },
        { "request-otp", "{\"applicationId\":\"APP\",\"\\ud800-and-a-long-name\":1}", 2101, "The body is not valid UTF-8 text" },
        { "request-otp", "{\"applicationId\":\"APP\",\"name\":\"LONG\"}", 2101, "The body is larger than 64 KB" },
        { "request-otp", "{\"applicationId\":\"APP\",\"idempotencyKey\":\"\"}", 2101, "The header 'Idempotency-Key' must have 1 to " +
            "255 printable characters" },
        { "verify-otp", "{\"applicationId\":\"APP\",\"otpId\":\"no-uuid\",\"pin\":\"1\"}", 2021, "Otp ID not found" },
        { "verify-otp", "{\"applicationId\":\"APP\",\"otpId\":\"01a1fa86-7284-736a-9747-af98cbc88280\",\"pin\":[1]}", 2021, "Otp ID not found" },
        { "verify-otp", "{\"applicationId\":\"APP\",\"otpId\":\"OTP\"}", 2022, "The parameter pin is empty or not set" },
        { "cancel-otp", "{\"applicationId\":\"APP\",\"otpId\":{}}", 2021, "Otp ID not found" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task What_can_be_read_is_answered_with_what_REST_would_say(string queue, string body, int code, string message)
    {
        var pipeline = await shared.GetAsync();
        await using var client = await AmqpClient.ConnectAsync(pipeline);
        var otp = body.Contains("OTP", StringComparison.Ordinal) ? (await pipeline.WithRequestedOtpAsync()).OtpId : Guid.Empty;
        body = body.Replace("APP", pipeline.ApplicationId.ToString(), StringComparison.Ordinal)
            .Replace("OTP", otp.ToString(), StringComparison.Ordinal)
            .Replace("LONG", new string('x', 70_000), StringComparison.Ordinal);
        var errors = await client.CountAsync(queue + "_error");

        var answer = await client.CallAsync(queue, body);

        (answer.Type, answer.Code, answer.Body.GetProperty("message").GetString()).ShouldBe(("OtpRejected", code, message));
        (await client.CountAsync(queue + "_error")).ShouldBe(errors);
    }

    [Fact]
    public async Task Without_a_message_id_nothing_is_verified_and_without_any_key_nothing_requested()
    {
        var pipeline = await shared.GetAsync();
        await using var client = await AmqpClient.ConnectAsync(pipeline);

        var verify = await client.CallAsync(
            "verify-otp", client.Command(("otpId", Guid.NewGuid()), ("pin", "1")), adjust: p => p.MessageId = null);
        var request = await client.CallAsync(
            "request-otp", client.Command(("phoneNumber", Recipients.Next())), adjust: p => p.MessageId = null);

        (verify.Code, request.Code).ShouldBe((2101, 2101));
    }

    [Theory]
    [InlineData("otp-replies.APP.no-such-queue", null)]
    [InlineData("amq.gen-no-such-queue", null)]
    [InlineData("amq.rabbitmq.reply-to.g1h2AAlyZXBseUAxMjMAAAAAAAAAAAAAAAA=.UIWU5l+Oj+p/FmCTrdMYjw==", null)]
    [InlineData(null, "queue:otp-replies.APP.nobody")]
    [InlineData(null, "exchange:otp-replies.APP.nobody?bind=true&queue=otp-replies.APP.nobody")]
    [InlineData(null, "rabbitmq://127.0.0.1/VHOST/otp-replies.APP.nobody?bind=true&queue=otp-replies.APP.nobody")]
    public async Task An_answer_that_nobody_takes_declares_nothing_and_hurts_nobody(string? replyTo, string? responseAddress)
    {
        var pipeline = await shared.GetAsync();
        await using var client = await AmqpClient.ConnectAsync(pipeline);
        var recipient = Recipients.Next();
        replyTo = replyTo?.Replace("APP", pipeline.ApplicationId.ToString(), StringComparison.Ordinal);
        responseAddress = responseAddress?.Replace("APP", pipeline.ApplicationId.ToString(), StringComparison.Ordinal);
        var command = client.Command(("phoneNumber", recipient), ("idempotencyKey", Guid.NewGuid()));
        var body = responseAddress is null
            ? JsonSerializer.Serialize(command)
            : JsonSerializer.Serialize(new
            {
                messageType = new[] { "urn:message:OtpPipeline.Contracts:RequestOtp" },
                responseAddress = responseAddress.Replace("VHOST", pipeline.Broker.AbsolutePath.Trim('/'), StringComparison.Ordinal),
                faultAddress = "queue:bad-command-fault",
                requestId = Guid.NewGuid(),
                message = command,
            });

        await using var neighbours = await Neighbours.StartAsync(pipeline, client);
        await client.SendAsync(
            "request-otp", body, new BasicProperties { ReplyTo = replyTo, ContentType = responseAddress is null ? null : Envelope });
        await neighbours.AllAnsweredOnceAsync();

        (await pipeline.Sandbox.PinAsync(recipient)).Length.ShouldBe(6);
        await Eventually.Until(
            async () => await pipeline.Database.CountAsync("outbox_messages WHERE message_type LIKE 'otp-accepted'") == 0,
            "no answer waits in the outbox");
        (await client.CountAsync($"otp-replies.{pipeline.ApplicationId}.nobody")).ShouldBe(-1);
        (await client.CountAsync("bad-command-fault")).ShouldBe(-1);
    }

    [Theory]
    [InlineData("somebodys-queue", null)]
    [InlineData("amq.rabbitmq.reply-to.nobody", null)]
    [InlineData("otp-callbacks", null)]
    [InlineData("otp-replies.01a1fa86-7284-736a-9747-af98cbc88280.queue", null)]
    [InlineData("amq.rabbitmq.reply-to", "queue:otp-callbacks")]
    [InlineData(null, "queue:somebodys-queue")]
    [InlineData(null, "rabbitmq://127.0.0.1/elsewhere/otp-replies.APP.queue")]
    [InlineData(null, "loopback://localhost/otp-replies.APP.queue")]
    [InlineData(null, "nonsense")]
    public async Task One_whose_answer_might_reach_somebody_else_is_put_aside_and_changes_nothing(string? replyTo, string? responseAddress)
    {
        var pipeline = await shared.GetAsync();
        await using var client = await AmqpClient.ConnectAsync(pipeline);
        var (recipient, messageId) = (Recipients.Next(), Guid.NewGuid().ToString());
        var command = client.Command(("phoneNumber", recipient));
        var body = responseAddress is null
            ? JsonSerializer.Serialize(command)
            : JsonSerializer.Serialize(new
            {
                messageType = new[] { "urn:message:OtpPipeline.Contracts:RequestOtp" },
                responseAddress = responseAddress.Replace("APP", pipeline.ApplicationId.ToString(), StringComparison.Ordinal),
                message = command,
            });

        const string Reason = "unreadable: the reply address is not a queue of the sender's applications";
        Task<long> CountAsync() => pipeline.Database.CountAsync("dead_letters WHERE queue = 'request-otp' AND reason = $1", Reason);
        var before = await CountAsync();

        await client.SendAsync(
            "request-otp", body,
            new BasicProperties { MessageId = messageId, ReplyTo = replyTo == "amq.rabbitmq.reply-to" ? null : replyTo });

        await Eventually.Until(async () => await CountAsync() == before + 1, "the command is put aside");
        (await pipeline.Sandbox.MessagesAsync(recipient)).ShouldBeEmpty();
    }

    /// <summary>Commands before and after the bad one, on every queue: each is answered once.</summary>
    private sealed class Neighbours(AmqpClient client, string mark) : IAsyncDisposable
    {
        private const int Each = 10;

        public static async Task<Neighbours> StartAsync(RunningPipeline pipeline, AmqpClient client)
        {
            var neighbours = new Neighbours(client, Guid.NewGuid().ToString());
            await neighbours.SendAsync("before");
            return neighbours;
        }

        public async Task AllAnsweredOnceAsync()
        {
            await SendAsync("after");
            foreach (var when in new[] { "before", "after" })
            {
                for (var i = 0; i < Each; i++)
                {
                    (await client.AnswerAsync($"{mark}-{when}-{i}")).Type.ShouldBe("OtpAccepted");
                    (await client.AnswerAsync($"{mark}-{when}-{i}-verify")).Code.ShouldBe(2021);
                }
            }

            (await client.CallAsync("verify-otp", client.Command(("otpId", Guid.NewGuid()), ("pin", "1")))).Code.ShouldBe(2021);
            Enumerable.Range(0, Each).Sum(i => client.Waiting($"{mark}-before-{i}") + client.Waiting($"{mark}-before-{i}-verify"))
                .ShouldBe(0, "nobody is answered twice");
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        private async Task SendAsync(string when)
        {
            for (var i = 0; i < Each; i++)
            {
                var correlation = $"{mark}-{when}-{i}";
                await client.SendAsync(
                    "request-otp",
                    JsonSerializer.Serialize(client.Command(("phoneNumber", Recipients.Next()))),
                    new BasicProperties { MessageId = correlation, CorrelationId = correlation, ReplyTo = client.ReplyQueue });
                await client.SendAsync(
                    "verify-otp",
                    JsonSerializer.Serialize(client.Command(("otpId", Guid.NewGuid()), ("pin", "1"))),
                    new BasicProperties { MessageId = correlation, CorrelationId = correlation + "-verify", ReplyTo = client.ReplyQueue });
            }
        }
    }
}
