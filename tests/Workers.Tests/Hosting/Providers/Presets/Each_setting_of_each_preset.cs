using System.Security.Cryptography;
using OtpPipeline.Hosting.Providers.Presets;
using OtpPipeline.Workers.Tests.Providers.Support;

namespace OtpPipeline.Workers.Tests.Hosting.Providers.Presets;

/// <summary>What both hosts say of an entry with one setting that is missing or wrong.</summary>
public sealed class Each_setting_of_each_preset
{
    private const string Wrong = "\u0001 {wrong}";

    public static TheoryData<string, string> Required => Each(s => s.Required);

    public static TheoryData<string, string> Secrets => Each(s => s.Secret);

    public static TheoryData<string, string> WithForm => Each(s => s.Pattern is not null);

    [Theory]
    [MemberData(nameof(Required))]
    public void That_is_missing_stops_the_host_that_needs_it_with_one_sentence(string preset, string name)
    {
        var entry = Entry(preset).With((name, null), ($"{name}File", null));

        Sentences(entry, Setting(preset, name)).ShouldHaveSingleItem().ShouldStartWith($"Providers:tested:{name} is missing");
    }

    [Theory]
    [MemberData(nameof(Secrets))]
    public void That_is_a_secret_may_come_from_a_file_and_stops_the_host_where_that_cannot_be_read(string preset, string name)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, PresetSample.Of(preset).Keys().GetValueOrDefault(name) + "\n");
            var entry = Entry(preset).With((name, null), ($"{name}File", file));

            Sentences(entry, Setting(preset, name)).ShouldBe(
                new FileInfo(file).Length > 1 ? [] : [$"Providers:tested:{name}File names a file that is empty."]);
            Sentences(entry.With(($"{name}File", "/nowhere/at/all")), Setting(preset, name))
                .ShouldBe([$"Providers:tested:{name}File names a file that cannot be read."]);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [MemberData(nameof(WithForm))]
    public void That_has_a_wrong_form_stops_the_host_with_the_sentence_of_the_preset(string preset, string name)
    {
        var setting = Setting(preset, name);

        setting.Sentence.ShouldNotBeNullOrEmpty();
        Sentences(Entry(preset).With((name, Wrong)), setting).ShouldContain($"Providers:tested:{name} {setting.Sentence}");
    }

    [Fact]
    public void With_the_key_of_a_signature_must_be_a_key()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        foreach (var wrong in new[] { "no key", "bm8ga2V5", Convert.ToBase64String(other.ExportSubjectPublicKeyInfo()) })
        {
            ProviderHost.RefusalsOfTheApi(Entry("sendgrid").With(("VerificationKey", wrong))).ShouldHaveSingleItem()
                .ShouldStartWith("Providers:tested:VerificationKey must be the verification key of the signed event webhook");
        }

        foreach (var wrong in new[] { "otp", "arn:aws:sns:eu-central-1:1:otp", "arn:aws:sns:attacker.example/:123456789012:otp" })
        {
            ProviderHost.RefusalsOfTheApi(Entry("ses-smtp").With(("TopicArn", wrong)))
                .ShouldBe(["Providers:tested:TopicArn must be the ARN of an SNS topic, or several with commas between."]);
        }

        ProviderHost.RefusalsOfTheApi(Entry("ses-smtp").With(
            ("TopicArn", "arn:aws:sns:eu-central-1:123456789012:a, arn:aws-cn:sns:cn-north-1:123456789012:b"))).ShouldBeEmpty();
    }

    private static TheoryData<string, string> Each(Func<PresetSetting, bool> wanted)
    {
        var data = new TheoryData<string, string>();
        foreach (var preset in PresetSample.Names)
        {
            foreach (var (name, _) in PresetFiles.Find(preset, out _)!.About.Settings.Where(s => wanted(s.Value)))
            {
                data.Add(preset, name);
            }
        }

        return data;
    }

    private static PresetSetting Setting(string preset, string name) => PresetFiles.Find(preset, out _)!.About.Settings[name];

    private static Dictionary<string, string?> Entry(string preset) =>
        PresetSample.Of(preset).Keys().With(("Api:PublicUrl", PresetSample.PublicUrl));

    private static IReadOnlyList<string> Sentences(Dictionary<string, string?> entry, PresetSetting setting) =>
        setting.OfReceipts ? ProviderHost.RefusalsOfTheApi(entry) : ProviderHost.Refusals(entry);
}
