using Xunit;

namespace OtpPipeline.Pipeline.Tests.Harness;

/// <summary>
/// One that may call back to this machine, tries three times in a second, and knows an operator, a second application, and one that wants no events.
/// </summary>
[CollectionDefinition(nameof(CallbackPipeline))]
public sealed class CallbackPipeline : LazyPipeline, ICollectionFixture<CallbackPipeline>
{
    public const string AdminKey = "an-operators-key-of-the-tests";
    public const string OldSecret = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX";
    public const string NewSecret = "whsec_GBcWFRQTEhEQDw4NDAsKCQgHBgUEAwIB";
    public const string OtherKey = "the-key-of-another-application";
    public const string QuietKey = "the-key-of-one-that-wants-no-events";
    public static readonly Guid Other = new("0198c0de-0000-7000-8000-0000000000aa");

    internal static Dictionary<string, string> ToThisMachine =>
        new(StringComparer.Ordinal) { ["Callbacks:AllowedNetworks:0"] = "127.0.0.0/8" };

    private protected override Setup Setup => new()
    {
        Settings = new Dictionary<string, string>(ToThisMachine, StringComparer.Ordinal)
        {
            ["Callbacks:RetryAfter:0"] = "00:00:00.3",
            ["Callbacks:RetryAfter:1"] = "00:00:00.3",
            ["Jobs:CallbackInterval"] = "00:00:00.2",
            ["Admin:Key"] = AdminKey,
            ["Applications:0:WebhookSecrets:0"] = NewSecret,
            ["Applications:0:WebhookSecrets:1"] = OldSecret,
            ["Applications:1:Id"] = Other.ToString(),
            ["Applications:1:Name"] = "other",
            ["Applications:1:Keys:0:Key"] = OtherKey,
            ["Applications:2:Id"] = "0198c0de-0000-7000-8000-0000000000bb",
            ["Applications:2:Name"] = "quiet",
            ["Applications:2:Settings:Events"] = "none",
            ["Applications:2:Keys:0:Key"] = QuietKey,
        },
    };
}
