using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using OtpPipeline.Core.Deliveries.Sending;
using OtpPipeline.Workers.Tests.Support;

namespace OtpPipeline.Workers.Tests.Deliveries;

/// <summary>One message that names several OTPs, of which some cannot be claimed.</summary>
public sealed class A_work_command_that_fails_in_part : WorkOfManyOtps
{
    [Fact]
    public async Task Delivers_the_others_while_the_row_of_one_is_locked_for_long()
    {
        var otps = await RequestAsync(Places);
        Options["ConnectionStrings:Otp"] = new NpgsqlConnectionStringBuilder(Database.ConnectionString)
        {
            Options = "-c lock_timeout=200",
        }.ConnectionString;
        await using var worker = await WorkerAsync(Provider);
        await using (var holder = await Database.Source.OpenConnectionAsync())
        await using (await holder.BeginTransactionAsync())
        {
            await using var hold = new NpgsqlCommand($"SELECT 1 FROM otps WHERE id = '{otps[1]}' FOR UPDATE", holder);
            await hold.ExecuteScalarAsync();
            await PublishAsync(otps);

            await UntilSentAsync([otps[0], otps[2]]);
            (await CountAsync($"otp_id = '{otps[1]}' AND status = 'QUEUED'")).ShouldBe(1);
        }

        await UntilSentAsync(otps);
        Provider.Calls.ShouldBe(otps, ignoreOrder: true);
        await NothingIsLeftAsync(worker);
    }

    [Fact]
    public async Task Comes_again_after_an_outage_without_a_claim_for_the_rest()
    {
        var otps = await RequestAsync(Places + 2);
        var claims = new ConcurrentQueue<Guid>();
        var outage = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var worker = await WorkerAsync(Provider, services: services =>
        {
            var inner = services.Last(s => s.ServiceType == typeof(IDeliveryStore)).ImplementationType!;
            services.AddSingleton<IDeliveryStore>(
                p => new Claims((IDeliveryStore)ActivatorUtilities.CreateInstance(p, inner), async requests =>
                {
                    requests.ToList().ForEach(r => claims.Enqueue(r.Hint.OtpId));
                    await outage.Task;
                }));
        });
        await PublishAsync(otps);
        await Eventually.Until(() => claims.Count == Places, "as many as have a place are to be claimed");

        var stopping = worker.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        var stop = worker.DisposeAsync().AsTask();
        await Eventually.Until(() => stopping.IsCancellationRequested, "the worker stops, and tries nothing twice");
        outage.SetException(new NpgsqlException("The database does not answer."));
        await stop;

        // The broker may hand the message to the worker again before its endpoint stops: then it begins with the same.
        claims.Distinct().ShouldBe(otps[..Places], ignoreOrder: true);
        (await CountAsync("status = 'QUEUED' AND waiting_since IS NULL")).ShouldBe(otps.Count);
        await using var next = await WorkerAsync(Provider);
        await UntilSentAsync(otps);
        Provider.Calls.ShouldBe(otps, ignoreOrder: true);
    }

    private sealed class Claims(IDeliveryStore inner, Func<IReadOnlyList<ClaimRequest>, Task> before) : IDeliveryStore
    {
        public async Task<IReadOnlyDictionary<Guid, ClaimedDelivery>> ClaimAsync(
            IReadOnlyList<ClaimRequest> requests, TimeSpan lease, TimeSpan margin, CancellationToken cancellationToken)
        {
            await before(requests);
            return await inner.ClaimAsync(requests, lease, margin, cancellationToken);
        }

        public Task PostponeAsync(IReadOnlyList<PostponeRequest> requests, CancellationToken cancellationToken) =>
            inner.PostponeAsync(requests, cancellationToken);

        public Task<IReadOnlyList<EndingDelivery>> FindEndingAsync(
            IReadOnlyList<PostponeRequest> requests, CancellationToken cancellationToken) =>
            inner.FindEndingAsync(requests, cancellationToken);
    }
}
