using System.Text.Json;
using OtpPipeline.Core.Recipients;

namespace OtpPipeline.Pipeline.Tests.Harness;

/// <summary>What the sandbox would have sent.</summary>
internal sealed record SandboxMessage(string Channel, string Recipient, string Text, string Pin, DateTime SentAt);

/// <summary>The recipients' side: reads what arrived.</summary>
internal sealed class Sandbox(Client client)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>Newest first.</summary>
    public async Task<SandboxMessage[]> MessagesAsync(string recipient)
    {
        var answer = await client.ReadAsync($"sandbox/messages?recipient={Uri.EscapeDataString(recipient)}");
        return answer.Status == 200
            ? JsonSerializer.Deserialize<SandboxMessage[]>(answer.Text, Json)!
            : throw new InvalidOperationException($"{answer.Status}: {answer.Text}");
    }

    /// <summary>The PIN that arrived last, as soon as one has.</summary>
    public async Task<string> PinAsync(string recipient, TimeSpan? within = null) => (await MessageAsync(recipient, within)).Pin;

    public Task<SandboxMessage> MessageAsync(string recipient, TimeSpan? within = null) =>
        Eventually.Get(async () => (await MessagesAsync(recipient)).FirstOrDefault(), $"a message arrives at {recipient}", within);
}
