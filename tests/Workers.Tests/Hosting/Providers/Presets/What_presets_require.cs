using OtpPipeline.Workers.Tests.Providers.Support;

namespace OtpPipeline.Workers.Tests.Hosting.Providers.Presets;

/// <summary>Keys that fit no algorithm, and receipts that a preset cannot do without.</summary>
public sealed class What_presets_require
{
    [Theory]
    [InlineData("telnyx-sms", "PublicKey", "c2hvcnQ=", "must be the account's public key: 32 bytes in base64.")]
    [InlineData("telnyx-sms", "PublicKey", "no base64", "must be the account's public key: 32 bytes in base64.")]
    public void Stop_the_Api_with_a_key_that_checks_no_signature(string preset, string setting, string value, string sentence) =>
        ProviderHost.RefusalsOfTheApi(PresetSample.Of(preset).Keys().With((setting, value), ("Api:PublicUrl", "https://otp.example")))
            .ShouldBe([$"Providers:tested:{setting} {sentence}"]);

    [Theory]
    [InlineData("no key")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----")]
    public void Stop_the_Workers_with_a_key_that_signs_no_request(string key) =>
        ProviderHost.Refusals(PresetSample.Of("vonage-voice").Keys().With(("PrivateKey", key), ("Api:PublicUrl", "https://otp.example")))
            .ShouldBe(["Providers:tested:PrivateKey is no private key in PEM form."]);

    [Fact]
    public void Stop_the_Workers_without_receipts_where_a_provider_fetches_what_a_call_says() =>
        ProviderHost.Refusals(PresetSample.Of("plivo-voice").Keys().With(("Receipts", "false"), ("Api:PublicUrl", "https://otp.example")))
            .ShouldBe(
                ["Providers:tested:Receipts must be on, with Receipt described: the gateway fetches what a call says from the Api."]);
}
