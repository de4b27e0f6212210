using OtpPipeline.Demo;

// Real OTPs through every channel of a running pipeline, over REST only. ./run --demo starts it with what it reads here.
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
var scenarios = new Scenarios(client, TimeProvider.System, stop.Token);

Console.WriteLine($"One OTP that nobody verifies is requested first: it takes {Scenarios.ShortestLifetime.TotalSeconds:0} s to expire. Meanwhile:");
var expiring = scenarios.Expired();
List<Timeline> timelines = [];
foreach (var channel in Scenarios.Channels)
{
    timelines.Add(Report.Show(await scenarios.Verified(channel)));
}

timelines.Add(Report.Show(await scenarios.Cancelled()));
timelines.Add(Report.Show(await scenarios.FailedByWrongPins()));
timelines.Add(Report.Show(await scenarios.FailedAsUndeliverable()));
timelines.Add(Report.Show(await Report.WhileWaiting(expiring, Scenarios.ShortestLifetime, TimeProvider.System)));
return Report.Sum(timelines);
