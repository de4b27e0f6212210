using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using OtpPipeline.Hosting.Bus;
using OtpPipeline.Hosting.Bus.Connection;
using OtpPipeline.Hosting.Health;

namespace OtpPipeline.Workers.Tests.Hosting.Bus.Connection;

public sealed class The_nodes_of_a_cluster
{
    private const string Both =
        "RabbitMq:Host and RabbitMq:Hosts are both set: name the nodes of a cluster in RabbitMq:Hosts alone, or one broker in " +
        "RabbitMq:Host.";

    private const string BesideUri =
        "RabbitMq:Hosts and RabbitMq:Uri are both set: remove RabbitMq:Uri, and write its parts into RabbitMq:Username, " +
        "RabbitMq:Password, RabbitMq:VirtualHost and RabbitMq:Tls.";

    private readonly BrokerTls _tls = BrokerTls.Read(new(), []);

    [Theory]
    [InlineData("broker-1", "broker-1:5672")]
    [InlineData("broker-1.example.com:5673", "broker-1.example.com:5673")]
    [InlineData("10.0.0.7", "10.0.0.7:5672")]
    [InlineData("10.0.0.7:65535", "10.0.0.7:65535")]
    [InlineData("[2001:db8::1]", "2001:db8::1:5672")]
    [InlineData("[2001:db8::1]:5673", "2001:db8::1:5673")]
    public void Are_host_or_host_and_port(string entry, string node)
    {
        var options = new RabbitMqOptions { Hosts = [entry] };

        Sentences(options).ShouldBeEmpty();
        options.Resolve().ToString().ShouldBe(node);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("amqp://broker")]
    [InlineData("user:secret@broker")]
    [InlineData("broker/vhost")]
    [InlineData("broker:0")]
    [InlineData("broker:65536")]
    [InlineData("broker:amqp")]
    [InlineData("broker-1,broker-2")]
    [InlineData("2001:db8::1")]
    [InlineData("[2001:db8::1")]
    public void That_cannot_be_read_are_named_by_their_place(string entry) => Sentences(new() { Hosts = ["broker-1", entry] }).ShouldBe(
        ["RabbitMq:Hosts:1 must be host or host:port, such as broker-1.example.com:5672; an IPv6 address stands in []."]);

    [Fact]
    public void Do_not_stand_beside_one_host_or_a_uri()
    {
        Sentences(new() { Host = "broker", Hosts = ["broker-1"] }).ShouldBe([Both]);
        Sentences(new() { Uri = "amqp://broker", Hosts = ["broker-1"] }).ShouldBe([BesideUri]);
        Sentences(new() { Host = "", Hosts = ["broker-1"] }).ShouldBeEmpty("an empty variable takes an inherited one back");
    }

    [Fact]
    public void Are_a_list_and_no_text()
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration["RabbitMq:Hosts"] = "broker-1,broker-2";
        builder.AddOtpBus();
        using var host = builder.Build();

        var options = host.Services.GetRequiredService<IOptions<RabbitMqOptions>>();
        Should.Throw<OptionsValidationException>(() => options.Value).Failures.ShouldBe(
            ["RabbitMq:Hosts is a list: write one host into RabbitMq:Hosts:0, the next into RabbitMq:Hosts:1."]);
    }

    [Fact]
    public void Take_the_port_of_all_where_they_name_none()
    {
        new RabbitMqOptions { Hosts = ["a", "b:5674"], Port = 5673 }.Resolve().ToString().ShouldBe("a:5673, b:5674");
        new RabbitMqOptions { Hosts = ["a", "b:5674"], Tls = true }.Resolve().ToString().ShouldBe("a:5671, b:5674");
        new RabbitMqOptions().Resolve().ToString().ShouldBe("localhost:5672");
        new RabbitMqOptions { Host = "broker", Tls = true }.Resolve().ToString().ShouldBe("broker:5671");
    }

    [Fact]
    public void Are_all_tried_each_against_its_own_name()
    {
        var options = new RabbitMqOptions { Hosts = ["a", "b", "c"], Tls = true };

        var endpoints = options.Resolve().CreateResolver(_tls).All().ToList();

        endpoints.Select(e => e.HostName).ShouldBe(["a", "b", "c"], ignoreOrder: true);
        endpoints.ShouldAllBe(e => e.Ssl.Enabled && e.Ssl.ServerName == e.HostName);
        new RabbitMqOptions { Hosts = ["a"] }.Resolve().CreateResolver(_tls).All().Single().Ssl.Enabled.ShouldBeFalse();
    }

    [Theory]
    [InlineData("amqp://broker", "RabbitMq:Tls is true and RabbitMq:Uri begins with amqp://: write amqps:// into RabbitMq:Uri.")]
    [InlineData("amqps://broker", null)]
    public void Over_TLS_agree_with_the_uri(string uri, string? sentence) =>
        Sentences(new() { Uri = uri, Tls = true }).SingleOrDefault().ShouldBe(sentence);

    [Fact]
    public async Task Answer_for_each_other()
    {
        using var node = new TcpListener(IPAddress.Loopback, 0);
        node.Start();
        var there = ((IPEndPoint)node.LocalEndpoint).Port;

        (await HealthAsync("127.0.0.1:1", $"127.0.0.1:{there}")).Status.ShouldBe(HealthStatus.Healthy);
        (await HealthAsync("127.0.0.1:1", "127.0.0.1:2")).Description.ShouldBe("The broker cannot be reached: ConnectionRefused");
    }

    private static Task<HealthCheckResult> HealthAsync(params string[] hosts)
    {
        var check = new BrokerHealth(Options.Create(new RabbitMqOptions { Hosts = hosts }), new(TimeProvider.System));
        var context = new HealthCheckContext { Registration = new("broker", check, HealthStatus.Degraded, []) };
        return check.CheckHealthAsync(context, TestContext.Current.CancellationToken);
    }

    private static List<string> Sentences(RabbitMqOptions options)
    {
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true);
        return results.ConvertAll(r => r.ErrorMessage!);
    }
}
