using System.Text.Json;
using OtpPipeline.Pipeline.Tests.Harness;
using RabbitMQ.Client;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Commands;

/// <summary>With a map of the broker's users, the broker's check of user_id says who asks.</summary>
public sealed class Who_may_use_an_application
{
    private static readonly Guid Other = Guid.NewGuid();

    [Fact]
    public async Task A_command_needs_a_user_whom_the_map_lets_use_its_application()
    {
        await using var pipeline = await RunningPipeline.StartAsync(new()
        {
            Settings = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["Applications:1:Id"] = Other.ToString(),
                ["Applications:1:Name"] = "other",
                ["Applications:1:Keys:0:Key"] = $"{Other:N}{Other:N}",
                ["Commands:Users:guest:0"] = Other.ToString(),
                ["Admin:Key"] = "admin-key-of-the-tests",
            },
        });
        await using var client = await AmqpClient.ConnectAsync(pipeline);
        Dictionary<string, object?> Mine() => client.Command(("phoneNumber", Recipients.Next()));
        Dictionary<string, object?> Others() => client.Command(("applicationId", Other), ("phoneNumber", Recipients.Next()));

        (await client.CallAsync("request-otp", Others())).Code.ShouldBe(2118, "nobody is named");
        (await client.CallAsync("request-otp", Mine(), adjust: p => p.UserId = "guest")).Code
            .ShouldBe(2118, "the map does not name the application");
        (await client.CallAsync("verify-otp", client.Command(("otpId", Other), ("pin", "1")), adjust: p => p.UserId = "guest")).Code
            .ShouldBe(2118);
        (await client.CallAsync("cancel-otp", client.Command(("otpId", Other)), adjust: p => p.UserId = "guest")).Code.ShouldBe(2118);
        (await client.CallAsync("request-otp", client.Command(("applicationId", Guid.NewGuid())), adjust: p => p.UserId = "guest")).Code
            .ShouldBe(2118, "a stranger is told no more of what exists");
        (await client.CallAsync("request-otp", Others(), adjust: p => p.UserId = "guest")).Type.ShouldBe("OtpAccepted");

        var forged = new BasicProperties { UserId = "somebody", MessageId = "forged", ReplyTo = client.ReplyQueue };
        await Should.ThrowAsync<Exception>(() => client.SendAsync("request-otp", JsonSerializer.Serialize(Others()), forged));
    }
}
