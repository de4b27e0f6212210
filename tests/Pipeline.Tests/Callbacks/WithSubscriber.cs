using System.Text.Json;
using OtpPipeline.Pipeline.Tests.Harness;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Callbacks;

/// <summary>Tests of the pipeline that calls back, each with a subscriber of its own.</summary>
public abstract class WithSubscriber(CallbackPipeline shared) : IAsyncLifetime
{
    private protected RunningPipeline Pipeline { get; private set; } = null!;

    private protected Subscriber Subscriber { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Pipeline = await shared.GetAsync();
        Subscriber = await Subscriber.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Subscriber.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected async Task<Guid> WithCancelledOtpAsync(string path)
    {
        var otpId = await Pipeline.RequestAsync(new { phoneNumber = Recipients.Next(), otpCallbackUrl = Subscriber.Url(path) });
        (await Pipeline.Client.CancelAsync(otpId)).Status.ShouldBe(200);
        return otpId;
    }

    private protected async Task<JsonElement> ListAsync(Guid otpId, Func<JsonElement, bool> settled) =>
        (await Eventually.Get(
        async () =>
        {
            var answer = await Pipeline.Client.ReadAsync($"otp/{otpId}/callbacks");
            answer.Status.ShouldBe(200, answer.Text);
            var data = answer.Body.GetProperty("data");
            return data.GetArrayLength() == 1 && settled(data[0]) ? new Tuple<JsonElement>(data[0]) : null;
        },
        "the callback is settled")).Item1;
}
