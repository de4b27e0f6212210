using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using OtpPipeline.Core.Otps;
using OtpPipeline.Core.Sandbox;
using OtpPipeline.Core.Secrets;
using OtpPipeline.Core.Tests.Support;
using Shouldly;
using Xunit;

namespace OtpPipeline.Core.Tests.Secrets;

public class The_key_ring
{
    private static readonly Guid OtpId = new("01990000-0000-7000-8000-000000000001");
    private static readonly OtpDetails Details = new(Some.Phone, "Info", "T {{pin}}", null, "Ada", "fr");

    [Fact]
    public void Opens_what_it_sealed()
    {
        var secrets = Ring("k1");

        secrets.DecryptPin(Row(secrets)).Reveal().ShouldBe("0042");
        secrets.DecryptDetails(OtpId, secrets.EncryptDetails(OtpId, Details)).ShouldBe(Details);
        var content = new SandboxContent("sms", Some.Phone, "Text", "0042");
        var message =
            new SandboxMessage { Id = OtpId, ApplicationId = OtpId, RecipientHash = [], Content = secrets.EncryptSandbox(OtpId, content) };
        secrets.DecryptSandbox(message).ShouldBe(content);
    }

    [Fact]
    public void Seals_the_same_secret_differently_each_time_and_never_in_clear()
    {
        var secrets = Ring("k1");

        Row(secrets).Ciphertext.ShouldNotBe(Row(secrets).Ciphertext);
        System.Text.Encoding.Latin1.GetString(secrets.EncryptDetails(OtpId, Details)).ShouldNotContain(Some.Phone);
    }

    [Fact]
    public void Seals_under_a_key_of_its_own_each_time()
    {
        var ring = new KeyRing(Options.Create(Some.OtpOptions("k1")));
        var (first, second) = (ring.Encrypt([1, 2, 3, 4], []), ring.Encrypt([1, 2, 3, 4], []));

        // 96 bits of salt, which the key depends on, and 96 of nonce.
        first.Length.ShouldBe(12 + 12 + 4 + 16);
        first[..12].ShouldNotBe(second[..12]);
        var salted = (byte[])first.Clone();
        second.AsSpan(0, 12).CopyTo(salted);
        Should.Throw<CryptographicException>(() => ring.Decrypt("k1", salted, []));
        ring.Decrypt("k1", first, []).ShouldBe([1, 2, 3, 4]);
    }

    [Fact]
    public void Opens_nothing_in_another_place()
    {
        var secrets = Ring("k1");
        var row = Row(secrets);
        var details = secrets.EncryptDetails(OtpId, Details);
        var other = Guid.CreateVersion7();

        Fails(() => secrets.DecryptPin(new() { OtpId = other, Version = 1, Ciphertext = row.Ciphertext, KeyId = row.KeyId, ValidUntil = row.ValidUntil }));
        Fails(() => secrets.DecryptPin(new() { OtpId = OtpId, Version = 2, Ciphertext = row.Ciphertext, KeyId = row.KeyId, ValidUntil = row.ValidUntil }));
        Fails(() => secrets.DecryptDetails(other, details));
        Fails(() => secrets.DecryptSandbox(new() { Id = OtpId, ApplicationId = OtpId, RecipientHash = [], Content = details }));
    }

    [Fact]
    public void Opens_nothing_that_was_touched_or_cut_short()
    {
        var secrets = Ring("k1");
        var details = secrets.EncryptDetails(OtpId, Details);

        for (var length = 0; length < details.Length; length++)
        {
            var cut = details[..length];
            Fails(() => secrets.DecryptDetails(OtpId, cut));
        }

        for (var at = 3; at < details.Length; at++)
        {
            var touched = (byte[])details.Clone();
            touched[at] ^= 1;
            Fails(() => secrets.DecryptDetails(OtpId, touched));
        }
    }

    [Fact]
    public void Opens_old_rows_and_seals_new_ones_with_the_new_key()
    {
        var before = Ring("k1");
        var after = Ring("k2", "k1");
        var old = Row(before);
        var details = before.EncryptDetails(OtpId, Details);

        after.DecryptPin(old).Reveal().ShouldBe("0042");
        after.DecryptDetails(OtpId, details).ShouldBe(Details);
        Row(after).KeyId.ShouldBe("k2");
        Fails(() => before.DecryptPin(Row(after))).ShouldContain("'k2'");
        Fails(() => before.DecryptDetails(OtpId, after.EncryptDetails(OtpId, Details))).ShouldContain("'k2'");
    }

    [Fact]
    public void Says_which_key_is_missing_and_no_secret()
    {
        var message = Fails(() => Ring("k2").DecryptPin(Row(Ring("k1"))));

        message.ShouldBe("The key 'k1' is not among Otp:PinKeys.");
        message.ShouldNotContain(Some.Key("k1"));
    }

    [Fact]
    public void Keeps_hashes_stable_while_keys_rotate_under_a_lookup_key()
    {
        var before = Hash(new() { PinKeys = Some.OtpOptions("k1").PinKeys, LookupKey = Some.Key("lookup") });

        Hash(new() { PinKeys = Some.OtpOptions("k2", "k1").PinKeys, LookupKey = Some.Key("lookup") }).ShouldBe(before);
        Hash(new() { PinKeys = Some.OtpOptions("k3").PinKeys, LookupKey = Some.Key("lookup") }).ShouldBe(before);
        Hash(new() { PinKeys = Some.OtpOptions("k1").PinKeys, LookupKey = Some.Key("another") }).ShouldNotBe(before);
    }

    [Fact]
    public void Keeps_hashes_stable_without_a_lookup_key_as_long_as_the_oldest_key_stays() =>
        Hash(Some.OtpOptions("k2", "k1")).ShouldBe(Hash(Some.OtpOptions("k1")));

    [Fact]
    public void Hashes_one_value_differently_for_each_purpose() =>
        new[] { Some.Secrets.HashCommand("x"), Some.Secrets.HashIdempotencyKey("x"), Some.Secrets.HashSubmission("x", new("1234")) }
            .Select(Convert.ToHexString).Distinct(StringComparer.Ordinal).Count().ShouldBe(3);

    private static byte[] Hash(OtpOptions options) => new OtpSecrets(new KeyRing(Options.Create(options))).HashCommand("x");

    private static OtpSecrets Ring(params string[] keyIds) => new(new KeyRing(Options.Create(Some.OtpOptions(keyIds))));

    private static OtpPin Row(OtpSecrets secrets) => new()
    {
        OtpId = OtpId, Version = 1, Ciphertext = secrets.EncryptPin(OtpId, 1, new("0042")), KeyId = secrets.CurrentKeyId,
        ValidUntil = Some.Now,
    };

    private static string Fails(Func<object> open) => Should.Throw<CryptographicException>(() => { open(); }).Message;
}
