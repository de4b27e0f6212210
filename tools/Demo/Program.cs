using OtpPipeline.Demo;
using OtpPipeline.Demo.Callbacks;
using OtpPipeline.Demo.Gateway;

// "gateway" runs the servers for the demo's providers. Without an argument: real OTPs through every channel of a running pipeline, over
// REST only. ./run --demo starts both with the settings that they read here.
if (args is ["gateway"])
{
    return await DemoGateway.RunAsync();
}

var url = Environment.GetEnvironmentVariable("OTP_URL");
var key = Environment.GetEnvironmentVariable("OTP_API_KEY");
if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || string.IsNullOrEmpty(key))
{
    await Console.Error.WriteLineAsync("OTP_URL and OTP_API_KEY are needed; ./run --demo sets them from .local/demo.env.");
    return 2;
}

using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(110));
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stop.Cancel();
};

using var client = new PipelineClient(address, key);
using var gateway = Uri.TryCreate(Environment.GetEnvironmentVariable("OTP_DEMO_GATEWAY"), UriKind.Absolute, out var gatewayAddress)
    ? new GatewayClient(gatewayAddress, Environment.GetEnvironmentVariable("OTP_DEMO_GATEWAY_TOKEN") ?? "")
    : null;
await using var receiver = await CallbackReceiver.StartAsync();
var secret = Environment.GetEnvironmentVariable("OTP_WEBHOOK_SECRET");
var signatures = string.IsNullOrEmpty(secret) ? null : new SignatureCheck(secret);
var runner = new ScenarioRunner(client, gateway, signatures is null ? null : (receiver, signatures), TimeProvider.System, stop.Token);
var scenarios = new Scenarios(runner, client, TimeProvider.System, stop.Token);
var deliveries = new DeliveryScenarios(runner, client, gateway, TimeProvider.System, stop.Token);

Console.WriteLine(gateway is null
    ? "Every channel is served by the sandbox."
    : $"SMS go over HTTP to gateways at {gatewayAddress}, e-mails over SMTP to a mail server; the sandbox serves the other channels.");
Console.WriteLine(
    signatures is null
        ? "Without OTP_WEBHOOK_SECRET callbacks are not looked at."
        : $"Callbacks come to {receiver.Url}; StandardWebhooks verifies their signatures.");
Console.WriteLine(
    $"Two OTPs are requested first: one that nobody verifies, which expires after {Scenarios.ShortestLifetime.TotalSeconds:0} s, and one " +
    "that is sent again. Meanwhile:");
var expiring = scenarios.Expired();
var resending = deliveries.Resent();
List<Timeline> timelines = [];
foreach (var channel in Scenarios.Channels)
{
    timelines.Add(Report.Show(await scenarios.Verified(channel)));
}

timelines.Add(Report.Show(await scenarios.Cancelled()));
timelines.Add(Report.Show(await scenarios.FailedByWrongPins()));
timelines.Add(Report.Show(await scenarios.FailedAsUndeliverable()));
if (gateway is not null)
{
    timelines.Add(Report.Show(await deliveries.NextProvider()));
}

timelines.Add(Report.Show(await deliveries.NextChannel()));
timelines.Add(Report.Show(await deliveries.Receipt()));
timelines.Add(Report.Show(await Report.WhileWaiting(resending, "the end of the cooldown before a resend", TimeProvider.System)));
timelines.Add(Report.Show(await Report.WhileWaiting(expiring, "the OTP that nobody verifies", TimeProvider.System)));
return Report.Sum(timelines);
