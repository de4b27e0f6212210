using System.Net.Http.Json;
using System.Security.Cryptography;
using OtpPipeline.Pipeline.Tests.Harness;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Promises;

public sealed class One_trace
{
    [Fact]
    public async Task Leads_from_the_request_to_the_provider_call_without_the_query()
    {
        await using var collector = await TraceCollector.StartAsync();
        await using var pipeline = await RunningPipeline.StartAsync(new()
        {
            Settings = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Address,
                ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
                ["OTEL_BSP_SCHEDULE_DELAY"] = "200",
            },
        });
        var traceId = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(pipeline.Apis[0].Address, "otp?secret=4242424242"))
        {
            Content = JsonContent.Create(new { phoneNumber = Recipients.Next() }),
            Headers = { { "X-API-KEY", pipeline.Key }, { "traceparent", $"00-{traceId}-00f067aa0ba902b7-01" } },
        };

        (await http.SendAsync(request)).EnsureSuccessStatusCode();

        await Eventually.Until(() => collector.Has(traceId, "POST /otp"), "the request is in the trace");
        await Eventually.Until(() => collector.Has(traceId, "otp send"), "the provider call is in the trace");
        collector.Mentions("4242424242").ShouldBeFalse();
    }
}
