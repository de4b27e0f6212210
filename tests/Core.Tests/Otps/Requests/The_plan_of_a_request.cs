using Microsoft.Extensions.Options;
using OtpPipeline.Core.Applications;
using OtpPipeline.Core.Batching;
using OtpPipeline.Core.Callbacks;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Errors;
using OtpPipeline.Core.Otps.Intake;
using OtpPipeline.Core.Otps.Plans;
using OtpPipeline.Core.Recipients;
using OtpPipeline.Core.Sandbox;
using OtpPipeline.Core.Tests.Support;
using Shouldly;
using Xunit;

namespace OtpPipeline.Core.Tests.Otps.Requests;

public class The_plan_of_a_request
{
    private static readonly ApplicationSettings Planned = new() { Plan = [Channel.Sms, Channel.Call, Channel.Email], PlanWait = 45 };

    [Fact]
    public void Is_a_list_of_channels_or_of_steps()
    {
        var request = Some.Validate(
            "\"email\":\"m@example.com\",\"channels\":[\"sms\",{\"channel\":\"CALL\",\"waitSeconds\":\"30\"},{\"channel\":\"email\"}]").Value;

        request.Channel.ShouldBe(Channel.Sms);
        request.Plan.ShouldBe([new PlanStep(Channel.Sms, 0), new(Channel.Call, 30), new(Channel.Email, 60)]);
        request.Details.AddressOf(2).ShouldBeNull();
        request.Details.AddressOf(3).ShouldNotBeNull().Address.ShouldBe("m@example.com");
    }

    [Fact]
    public void Sends_a_step_to_an_address_of_its_own()
    {
        var request = Some.Validate("\"channels\":[\"sms\",{\"channel\":\"call\",\"recipient\":\"+33612246401\"}]").Value;

        request.Recipient.Address.ShouldBe(Some.Phone);
        var own = request.Details.AddressOf(2).ShouldNotBeNull();
        (own.Step, own.Address, own.CountryIso).ShouldBe((2, "+33612246401", "FR"));
    }

    [Fact]
    public void Comes_from_the_application_without_the_steps_whose_address_is_missing()
    {
        Some.Validate("", Planned).Value.Plan.ShouldBe([new PlanStep(Channel.Sms, 0), new(Channel.Call, 45)]);
        Some.Validate("\"email\":\"m@example.com\"", Planned).Value.Plan.Count.ShouldBe(3);
    }

    [Fact]
    public void Is_one_step_where_the_request_names_a_channel() =>
        Some.Validate("\"channel\":\"call\"", Planned).Value.Plan.ShouldBe([new PlanStep(Channel.Call, 0)]);

    [Theory]
    [InlineData("\"channels\":\"sms\"", 2137, "must be a list of 1 to 6 steps")]
    [InlineData("\"channels\":[]", 2137, "must be a list of 1 to 6 steps")]
    [InlineData("\"channels\":[\"sms\",\"sms\",\"sms\",\"sms\",\"sms\",\"sms\",\"sms\"]", 2137, "must be a list of 1 to 6 steps")]
    [InlineData("\"channels\":[\"sms\",\"pigeon\"]", 2137, "Invalid channel in 'channels[1]'")]
    [InlineData("\"channels\":[\"sms\",null]", 2137, "Invalid channel in 'channels[1]'")]
    [InlineData("\"channels\":[\"sms\",[]]", 2137, "Invalid channel in 'channels[1]'")]
    [InlineData("\"channels\":[\"sms\",{\"waitSeconds\":30}]", 2137, "Invalid channel in 'channels[1]'")]
    [InlineData("\"channels\":[{\"channel\":\"sms\",\"waitSeconds\":30}]", 2137, "'channels[0].waitSeconds' has no step before it")]
    [InlineData("\"channels\":[\"sms\",{\"channel\":\"call\",\"waitSeconds\":14}]", 2137, "'channels[1].waitSeconds' must be a whole number")]
    [InlineData("\"channels\":[\"sms\",{\"channel\":\"call\",\"waitSeconds\":901}]", 2137, "'channels[1].waitSeconds' must be a whole number")]
    [InlineData("\"channels\":[\"sms\",{\"channel\":\"call\",\"waitSeconds\":\"soon\"}]", 2137, "'channels[1].waitSeconds' must be a whole")]
    [InlineData("\"channels\":[\"sms\",{\"channel\":\"email\",\"recipient\":\"no\"}]", 2137, "'channels[1].recipient' is not a valid")]
    [InlineData("\"channels\":[\"sms\",{\"channel\":\"call\",\"recipient\":{}}]", 2137, "'channels[1].recipient' is not a valid")]
    [InlineData("\"channels\":[\"sms\",\"email\"]", 2103, "'email' is empty or not set")]
    [InlineData("\"channels\":[\"sms\",\"telegram\"]", 2104, "'chatId' is empty or not set")]
    [InlineData("\"channel\":\"sms\",\"channels\":[\"sms\"]", 2137, "'channel' and 'channels' exclude each other")]
    public void Is_refused_with_its_field(string fields, int code, string sentence)
    {
        var error = Some.Validate(fields).Error.ShouldNotBeNull();

        error.Code.ShouldBe(code);
        error.Message.ShouldContain(sentence);
    }

    [Fact]
    public void Is_refused_for_a_step_to_a_number_that_the_application_does_not_serve() =>
        Some.Validate(
            "\"channels\":[\"sms\",{\"channel\":\"call\",\"recipient\":\"+436601234567\"}]",
            new() { Limits = new() { AllowedCountries = ["FR"] } }).Error.ShouldBe(OtpErrors.NoCoverage);

    [Fact]
    public async Task Is_refused_where_a_channel_of_it_is_not_configured()
    {
        var store = new StoreInMemory();
        var options = new DeliveryOptions();
        options.Channels["sms"] = new() { Provider = "gateway" };
        await using var intake = new OtpIntake(
            store, store, Some.Secrets, new(Options.Create(options), Options.Create(new SandboxOptions())), Some.Quota(),
            Options.Create(new CallbackOptions()), Options.Create(options), Options.Create(new BatchingOptions()));

        var answer = await intake.RequestAsync(
            Some.Request($"\"phoneNumber\":\"{Some.Phone}\",\"channels\":[\"sms\",\"call\"]"), new(Some.Application()), default);

        (answer.Error?.Code, answer.Error?.Message).ShouldBe((2102, "The channel of 'channels[1]' is not configured on this server"));
        store.Intakes.ShouldBeEmpty();
    }

    [Fact]
    public void Makes_another_command_of_a_request()
    {
        var one = Some.Validate("\"channels\":[\"sms\"]").Value.Normalised;

        one.ShouldBe(Some.Validate().Value.Normalised);
        Some.Validate("\"channels\":[\"sms\",\"call\"]").Value.Normalised.ShouldNotBe(one);
        Some.Validate("\"channels\":[\"sms\",{\"channel\":\"call\",\"waitSeconds\":30}]").Value.Normalised
            .ShouldNotBe(Some.Validate("\"channels\":[\"sms\",\"call\"]").Value.Normalised);
    }
}
