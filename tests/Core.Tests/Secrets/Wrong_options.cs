using System.ComponentModel.DataAnnotations;
using OtpPipeline.Core.Applications.Seeding;
using OtpPipeline.Core.Callbacks;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Batching;
using OtpPipeline.Core.Secrets;
using OtpPipeline.Core.Tests.Support;
using Shouldly;
using Xunit;

namespace OtpPipeline.Core.Tests.Secrets;

public class Wrong_options
{
    [Fact]
    public void Of_the_keys_are_told_in_a_sentence_each()
    {
        Sentences(new OtpOptions()).ShouldHaveSingleItem()
            .ShouldBe("Otp:PinKeys is missing: set Otp:PinKeys:0:Id and Otp:PinKeys:0:Key (base64 of 32 random bytes).");
        Sentences(WithLookupKey("k1", "k2")).ShouldBeEmpty();
        Sentences(WithLookupKey("k1", "k1")).ShouldHaveSingleItem().ShouldBe("Otp:PinKeys names the same Id twice.");
        Sentences(Some.OtpOptions("")).ShouldHaveSingleItem().ShouldBe("Otp:PinKeys:0:Id must have 1 to 32 characters.");
        Sentences(WithLookupKey("k1", new string('k', 33))).ShouldHaveSingleItem()
            .ShouldBe("Otp:PinKeys:1:Id must have 1 to 32 characters.");
    }

    [Fact]
    public void Want_a_lookup_key_once_keys_rotate() =>
        Sentences(Some.OtpOptions("k2", "k1")).ShouldHaveSingleItem().ShouldStartWith("Otp:LookupKey must be set");

    [Theory]
    [InlineData("")]
    [InlineData("not base64!")]
    [InlineData("AAAA")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==")]
    public void Name_a_key_of_the_wrong_size_without_showing_it(string key)
    {
        var pin = Sentences(new OtpOptions { PinKeys = [new() { Id = "k", Key = key }] }).ShouldHaveSingleItem();
        var lookup = Sentences(new OtpOptions { PinKeys = Some.OtpOptions("k").PinKeys, LookupKey = key }).ShouldHaveSingleItem();

        pin.ShouldBe("Otp:PinKeys:0:Key must be base64 of 32 random bytes.");
        lookup.ShouldBe("Otp:LookupKey must be base64 of 32 random bytes.");
    }

    [Fact]
    public void Of_periods_and_counts_name_the_field()
    {
        Sentences(new OtpOptions { PinKeys = Some.OtpOptions("k").PinKeys, Retention = TimeSpan.Zero }).ShouldHaveSingleItem()
            .ShouldContain("Retention");
        Sentences(new BatchingOptions { Writers = 0 }).ShouldHaveSingleItem().ShouldContain("Writers");
    }

    [Fact]
    public void Of_channels_name_the_channel()
    {
        Sentences(new DeliveryOptions { Channels = { ["fax"] = new() } }).ShouldHaveSingleItem()
            .ShouldContain("Deliveries:Channels:fax is no channel");
        Sentences(new DeliveryOptions { Channels = { ["sms"] = new() { Timeout = TimeSpan.FromSeconds(30) } } }).ShouldHaveSingleItem()
            .ShouldContain("Deliveries:Channels:sms:Timeout must be shorter");
        Sentences(new DeliveryOptions { Channels = { ["SMS"] = new() { Concurrency = 0 } } }).ShouldHaveSingleItem()
            .ShouldContain("Deliveries:Channels:SMS");
        Sentences(new DeliveryOptions { Channels = { ["email"] = new() } }).ShouldBeEmpty();
    }

    [Fact]
    public void Of_a_lease_that_is_shorter_than_the_time_out_of_a_channel_without_an_entry_name_those_channels()
    {
        Sentences(
            new DeliveryOptions { Lease = TimeSpan.FromSeconds(10), Channels = { ["sms"] = new() { Timeout = TimeSpan.FromSeconds(5) } } })
            .ShouldHaveSingleItem().ShouldStartWith(
                "Deliveries:Lease must be longer than 00:00:10, the Timeout of email, telegram, call, whatsapp, ussd;");
        Sentences(new DeliveryOptions { Lease = TimeSpan.FromSeconds(11) }).ShouldBeEmpty();
    }

    [Fact]
    public void Of_callbacks_name_the_network() =>
        Sentences(new CallbackOptions { AllowedNetworks = ["", "10.1.0.0"] }).ShouldHaveSingleItem()
            .ShouldContain("Callbacks:AllowedNetworks:1");

    [Fact]
    public void Of_applications_name_the_application()
    {
        SeededApplications list =
        [
            new() { Id = Guid.CreateVersion7(), Name = "Good", Keys = [new() { Key = new string('k', 20) }] },
            new() { Name = "", Settings = new() { Ttl = 5, Limits = new() { SendsPerHour = 0 } }, Keys = [new() { Key = "short" }] },
        ];

        var sentences = Sentences(list);

        sentences.Count.ShouldBe(5);
        sentences.ShouldAllBe(s => s.StartsWith("Applications:1", StringComparison.Ordinal));
        sentences.ShouldAllBe(s => !s.Contains("short", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Your code", "Applications:0:Settings:Template does not contain the placeholder {{pin}}.")]
    [InlineData(
        "{{pin}} {{code}}",
        "Applications:0:Settings:Template contains an unknown placeholder: beside {{pin}} there are {{app}}, {{minutes}} and {{name}}.")]
    public void Of_an_application_name_what_is_wrong_with_its_template(string template, string sentence)
    {
        SeededApplications list = [
            new() { Id = Guid.CreateVersion7(), Name = "Good", Settings = new() { Template = template }, Keys = [new() { Key = new string('k', 20) }] }];

        Sentences(list).ShouldBe([sentence]);
    }

    private static OtpOptions WithLookupKey(params string[] keyIds)
    {
        var options = Some.OtpOptions(keyIds);
        options.LookupKey = Some.Key("lookup");
        return options;
    }

    private static List<string> Sentences(object options)
    {
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true);
        return results.ConvertAll(r => r.ErrorMessage!);
    }
}
