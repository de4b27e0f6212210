using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using OtpPipeline.Demo;
using OtpPipeline.Demo.Gateway;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Deployment;

/// <summary>The scenarios of ./run --demo against a stand-in for the pipeline and its gateway that leaves something out.</summary>
public sealed class What_the_demo_misses : IAsyncLifetime
{
    private const string Pin = "471100";
    private string _missing = "";
    private HttpReceiver _standIn = null!;
    private PipelineClient _client = null!;
    private GatewayClient _gateway = null!;

    public async ValueTask InitializeAsync()
    {
        _standIn = await HttpReceiver.StartAsync(AnswerAsync);
        _client = new(new($"{_standIn.Url}/"), "key");
        _gateway = new(new($"{_standIn.Url}/"), "token");
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        _gateway.Dispose();
        await _standIn.DisposeAsync();
    }

    [Fact]
    public async Task Is_nothing_where_each_scenario_shows_what_it_names()
    {
        var timelines = await PlayAsync();

        timelines.Select(t => t.Missing).ShouldAllBe(m => m == null);
        Report.Sum(timelines).ShouldBe(0);
    }

    [Theory]
    [InlineData("provider", "sms, fallback to the next provider")]
    [InlineData("channel", "email then sms, fallback to the next channel")]
    [InlineData("receipt", "sms, receipt")]
    [InlineData("forged", "sms, receipt")]
    [InlineData("resend", "sms, sent again")]
    [InlineData("second message", "sms, sent again")]
    public async Task Decides_its_exit_code(string missing, string title)
    {
        _missing = missing;

        var timelines = await PlayAsync();

        timelines.Where(t => t.Missing is not null).Select(t => t.Title).ShouldBe([title]);
        Report.Sum(timelines).ShouldBe(1);
    }

    private async Task<IReadOnlyList<Timeline>> PlayAsync()
    {
        var (time, stop) = (new HurriedTime(), TestContext.Current.CancellationToken);
        var scenarios = new DeliveryScenarios(new(_client, _gateway, callbacks: null, time, stop), _client, _gateway, time, stop);
        return [await scenarios.NextProvider(), await scenarios.NextChannel(), await scenarios.Receipt(), await scenarios.Resent()];
    }

    /// <summary>The id of an OTP names its scenario, which its recipient tells.</summary>
    private async Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!.Split('/');
        var recipient = context.Request.Query["recipient"].ToString();
        switch (context.Request.Method, path)
        {
            case (_, [_, "received"]):
                await context.Response.WriteAsJsonAsync(Enumerable.Repeat(
                    new { channel = "sms", recipient, text = $"Your PIN is {Pin}" }, _missing == "second message" ? 1 : 2));
                break;
            case (_, [_, "receipts"]):
                await context.Response.WriteAsJsonAsync(new[]
                {
                    new { recipient, forged = true, answer = _missing == "forged" ? 200 : 404 },
                    new { recipient, forged = false, answer = 200 },
                });
                break;
            case ("POST", [_, "otp", _, "resend"]) when _missing == "resend":
                context.Response.StatusCode = 409;
                await context.Response.WriteAsJsonAsync(new { error = new { code = 2132, message = "No resend is left." } });
                break;
            case ("POST", [_, "otp"]):
                await context.Response.WriteAsJsonAsync(Otp(ScenarioOf(JsonNode.Parse(HttpReceiver.RequestOf(context).Body)!)));
                break;
            default:
                await context.Response.WriteAsJsonAsync(Otp(path[2]));
                break;
        }
    }

    private static string ScenarioOf(JsonNode request) => request["channels"] is not null ? "channel" : (string)request["phoneNumber"]! switch
    {
        ['+', '4', '9', ..] => "provider",
        ['+', '4', '4', ..] => "receipt",
        _ => "resend",
    };

    private object Otp(string scenario) => new
    {
        otpId = scenario,
        status = "VERIFIED",
        attempts = 0,
        sequence = 3,
        dateCreated = DateTimeOffset.UnixEpoch,
        dateExpires = DateTimeOffset.UnixEpoch,
        resendsLeft = 2,
        deliveries = scenario switch
        {
            "provider" => Shown(scenario, Delivery("sms", "FAILED", provider: "down"), Delivery("sms", "SENT", attempt: 2)),
            "channel" => Shown(scenario, Delivery("email", "FAILED"), Delivery("sms", "SENT", step: 2)),
            "receipt" => [Delivery("sms", _missing == scenario ? "SENT" : "DELIVERED")],
            _ => Shown(scenario, Delivery("sms", "SENT"), Delivery("sms", "SENT", attempt: 2, resend: true)),
        },
    };

    /// <summary>Where the scenario's second delivery is missing, the first one stands alone.</summary>
    private object[] Shown(string scenario, object first, object second) => _missing == scenario ? [first] : [first, second];

    private static object Delivery(
        string channel, string status, string provider = "gateway", int step = 1, int attempt = 1, bool resend = false) =>
        new { channel, provider, status, step, attempt, resend };

    /// <summary>Each pause is over at once and takes a second.</summary>
    private sealed class HurriedTime : TimeProvider
    {
        private long _seconds;

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddSeconds(Interlocked.Read(ref _seconds));

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Interlocked.Increment(ref _seconds);
            return base.CreateTimer(callback, state, TimeSpan.Zero, period);
        }
    }
}
