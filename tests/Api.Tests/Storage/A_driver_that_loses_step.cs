using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using OtpPipeline.Core.Stores;
using OtpPipeline.Storage.Postgres;

namespace OtpPipeline.Api.Tests.Storage;

/// <summary>A server whose answer to a statement is not the one that the driver expects.</summary>
public sealed class A_driver_that_loses_step
{
    [Fact]
    public async Task Has_lost_its_connection_and_the_work_is_not_at_fault()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = ServeAsync(listener);
        var address = $"Host=127.0.0.1;Port={((IPEndPoint)listener.LocalEndpoint).Port};Username=otp;SSL Mode=Disable;" +
            "GSS Encryption Mode=Disable;Server Compatibility Mode=NoTypeLoading";
        await using var services = new ServiceCollection().AddPostgresStorage(address).BuildServiceProvider();
        await using var source = NpgsqlDataSource.Create(address);
        await using var command = source.CreateCommand("SELECT 1");

        var failure = await Should.ThrowAsync<Exception>(async () => await command.ExecuteScalarAsync(TestContext.Current.CancellationToken));

        failure.GetType().ShouldBe(typeof(Exception), "the driver has a type for it now");
        StoreFailures.KindOf(failure).ShouldBe(StoreFailure.Outage);
        StoreFailures.KindOf(new Exception("ours")).ShouldBe(StoreFailure.Fault);
        await serving;
    }

    /// <summary>Lets one client in, and ends its first query without saying whether it has rows.</summary>
    private static async Task ServeAsync(TcpListener listener)
    {
        using var client = await listener.AcceptTcpClientAsync();
        var stream = client.GetStream();
        var length = new byte[4];
        await stream.ReadExactlyAsync(length);
        await stream.ReadExactlyAsync(new byte[BinaryPrimitives.ReadInt32BigEndian(length) - 4]);
        byte[] authenticated = [(byte)'R', 0, 0, 0, 8, 0, 0, 0, 0];
        byte[] version = [(byte)'S', 0, 0, 0, 24, .. "server_version\0"u8, .. "17.0\0"u8];
        byte[] ready = [(byte)'Z', 0, 0, 0, 5, (byte)'I'];
        byte[] parsed = [(byte)'1', 0, 0, 0, 4];
        byte[] bound = [(byte)'2', 0, 0, 0, 4];
        await stream.WriteAsync((byte[])[.. authenticated, .. version, .. ready]);
        await stream.ReadExactlyAsync(new byte[1]);
        await stream.WriteAsync((byte[])[.. parsed, .. bound, .. ready]);
        while (await stream.ReadAsync(new byte[1024]) > 0)
        {
        }
    }
}
