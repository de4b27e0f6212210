using System.Net;
using OtpPipeline.Core.Callbacks;
using Shouldly;
using Xunit;

namespace OtpPipeline.Core.Tests.Callbacks;

public class A_callback_address
{
    public static TheoryData<string> Refused =>
    [
        // IPv4: the first and the last address of each range.
        "0.0.0.0", "0.255.255.255", "10.0.0.0", "10.255.255.255", "100.64.0.0", "100.127.255.255", "127.0.0.0", "127.255.255.255",
        "169.254.0.0",
        "169.254.169.254", "169.254.255.255", "172.16.0.0", "172.31.255.255", "192.0.0.0", "192.0.0.255", "192.0.2.1", "192.88.99.1",
        "192.168.0.0",
        "192.168.255.255", "198.18.0.0", "198.19.255.255", "198.51.100.7", "203.0.113.7", "224.0.0.1", "239.255.255.255", "240.0.0.1",
        "255.255.255.255",

        // The same in other spellings: decimal, hexadecimal, octal, shortened, with a final dot, with another full stop, percent-encoded.
        "2130706433", "0x7f000001", "0x7F.0.0.1", "0177.0.0.1", "017700000001", "127.1", "127.0.1", "0x7f.1", "0", "0x0", "4294967295",
        "0300.0250.1.1",
        "167772161", "3232235777", "127.0.0.1.", "2130706433.", "0x7f.1.", "127。0。0。1", "10．0．0．1", "%31%32%37.0.0.1", "127.0.0.1%00",

        // No name ends in a number, and no resolver agrees with another on these.
        "256.1.1.1", "1.1.1.1.1", "4294967296", "example.0x7f", "example.123",

        // IPv6: local, mapped, compatible, translated, tunnelled, documentation, multicast, not handed out.
        "[::]", "[::1]", "[0:0:0:0:0:0:0:1]", "[::127.0.0.1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::FFFF:10.0.0.1]",
        "[::ffff:a9fe:a9fe]",
        "[::ffff:0:127.0.0.1]", "[64:ff9b::7f00:1]", "[64:ff9b:1::1]", "[100::1]", "[2001::1]", "[2001:10::1]", "[2001:db8::1]",
        "[2002:7f00:1::]", "[3fff::1]",
        "[4000::1]", "[5f00::1]", "[8000::1]", "[fc00::1]", "[fd12:3456::1]", "[fe80::1]", "[fe80::1%25eth0]", "[fec0::1]", "[ff02::1]",
    ];

    [Theory]
    [MemberData(nameof(Refused))]
    public void Is_refused_in_every_spelling_of_a_private_address(string host)
    {
        IsAcceptable($"http://{host}/receive", []).ShouldBeFalse();
        IsAcceptable($"HTTPS://{host}:8443/", []).ShouldBeFalse();
    }

    [Theory]
    [InlineData("")]
    [InlineData("/relative")]
    [InlineData("example.com/receive")]
    [InlineData("http:")]
    [InlineData("http://")]
    [InlineData("http:///path")]
    [InlineData("http:example.com")]
    [InlineData("ftp://example.com/")]
    [InlineData("file:///etc/passwd")]
    [InlineData("javascript:alert(1)")]
    [InlineData("gopher://example.com/")]
    [InlineData("http://user:secret@example.com/")]
    [InlineData("http://user@example.com/")]
    [InlineData("http://@10.0.0.1/")]
    [InlineData("http://ex ample.com/")]
    [InlineData("http://example.com:99999/")]
    [InlineData("http://example.com:0/")]
    [InlineData("https://1.1.1.1:000/")]
    [InlineData("http://example.com/\r\nX-Header: 1")]
    [InlineData("http://example.com/\0")]
    public void Is_refused_when_it_is_no_plain_http_URL(string url) => IsAcceptable(url, []).ShouldBeFalse();

    [Theory]
    [InlineData("https://webhook/receive-otp-status-updates")]
    [InlineData("http://localhost:5000/")]
    [InlineData("https://example.com")]
    [InlineData("https://example.com.:8443/a?b=c#d")]
    [InlineData("https://bücher.example/")]
    [InlineData("https://3com.example/")]
    [InlineData("https://host_1/")]
    [InlineData("https://0xyz/")]
    [InlineData("http://1.1.1.1/")]
    [InlineData("http://11.0.0.0/")]
    [InlineData("http://172.32.0.0/")]
    [InlineData("http://100.128.0.0/")]
    [InlineData("http://192.0.3.1/")]
    [InlineData("http://[2606:4700:4700::1111]/")]
    [InlineData("http://[::ffff:1.1.1.1]/")]
    public void May_be_a_name_or_a_public_address(string url) => IsAcceptable(url, []).ShouldBeTrue();

    [Fact]
    public void Has_at_most_2048_characters()
    {
        const string Start = "https://example.com/";
        IsAcceptable(Start + new string('a', 2048 - Start.Length), []).ShouldBeTrue();
        IsAcceptable(Start + new string('a', 2049 - Start.Length), []).ShouldBeFalse();
    }

    [Theory]
    [InlineData("http://10.1.2.3/", true)]
    [InlineData("http://[::ffff:10.1.2.3]/", true)]
    [InlineData("http://10.2.0.1/", false)]
    [InlineData("http://[fd00::5]/", true)]
    [InlineData("http://[fd01::5]/", false)]
    public void May_be_private_where_the_configuration_names_its_network(string url, bool acceptable) =>
        IsAcceptable(url, new CallbackOptions { AllowedNetworks = ["10.1.0.0/16", "fd00::/16"] }.Allowed).ShouldBe(acceptable);

    [Theory]
    [InlineData("127.0.0.1", false)]
    [InlineData("::ffff:192.168.0.1", false)]
    [InlineData("1.1.1.1", true)]
    public void Is_checked_again_when_connecting(string address, bool allowed) =>
        (CallbackAddress.RefusedNetwork(IPAddress.Parse(address), []) is null).ShouldBe(allowed);

    private static bool IsAcceptable(string url, IReadOnlyList<IPNetwork> allowed) => CallbackAddress.Check(url, allowed, out _);
}
