using System.Net;
using OtpPipeline.Core.Recipients;
using Shouldly;
using Xunit;

namespace OtpPipeline.Core.Tests.Recipients;

public class The_network_of_a_client
{
    [Theory]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::")]
    [InlineData("2001:db8:1:2::", "2001:db8:1:2::")]
    [InlineData("::ffff:203.0.113.7", "203.0.113.7")]
    [InlineData("203.0.113.7", "203.0.113.7")]
    public void Is_the_address_of_IPv4_and_the_64_bits_of_IPv6(string address, string network) =>
        ClientNetwork.From(IPAddress.Parse(address)).ToString().ShouldBe(network);
}
