namespace OtpPipeline.Workers.Tests.Support;

/// <summary>What every host of these tests is configured with.</summary>
internal static class Settings
{
    public static readonly Guid ApplicationId = new("0198c0de-0000-7000-8000-000000000001");

    public static async Task<Dictionary<string, string?>> FromAsync(TestDatabase database) => new(StringComparer.Ordinal)
    {
        ["ConnectionStrings:Otp"] = database.ConnectionString,
        ["RabbitMq:Uri"] = (await CollectionBroker.AddressAsync()).AbsoluteUri,
        ["Otp:PinKeys:0:Id"] = "test",
        ["Otp:PinKeys:0:Key"] = Convert.ToBase64String(new byte[32]),
        ["Sandbox:Enabled"] = "true",
    };
}
