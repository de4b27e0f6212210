using System.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using OtpPipeline.Api.Tests.Support;
using OtpPipeline.Core.Applications.Lookup;
using OtpPipeline.Core.Database;
using OtpPipeline.Core.Secrets;

namespace OtpPipeline.Api.Tests.Applications;

public sealed class A_reading_of_the_applications
{
    private readonly ApiHost _host;

    public A_reading_of_the_applications(ApiHost host)
    {
        Servers.SkipWithout();
        _host = host;
    }

    [Fact]
    public async Task That_began_earlier_does_not_replace_a_newer_one()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var contexts = new OldFirst(_host.Services.GetRequiredService<IDbContextFactory<OtpDbContext>>());
        using var directory = new ApplicationDirectory(
            contexts, _host.Services.GetRequiredService<OtpSecrets>(), TimeProvider.System, NullLogger<ApplicationDirectory>.Instance);
        var slow = directory.RefreshAsync(cancellation);
        await contexts.HasBegun.Task;
        var made = await _host.Admin().WithApplicationAsync();

        await directory.RefreshAsync(cancellation);
        directory.FindByKey(made.Key).ShouldNotBeNull();
        contexts.MayGoOn.SetResult();
        await slow;

        directory.FindByKey(made.Key).ShouldNotBeNull();
    }

    /// <summary>The first context sees the database as it was when that was asked for, however late it is used.</summary>
    private sealed class OldFirst(IDbContextFactory<OtpDbContext> contexts) : IDbContextFactory<OtpDbContext>
    {
        private int _asked;

        public TaskCompletionSource HasBegun { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource MayGoOn { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public OtpDbContext CreateDbContext() => throw new NotSupportedException();

        public async Task<OtpDbContext> CreateDbContextAsync(CancellationToken cancellationToken = default)
        {
            var context = await contexts.CreateDbContextAsync(cancellationToken);
            if (Interlocked.Increment(ref _asked) == 1)
            {
                await context.Database.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
                await context.Applications.CountAsync(cancellationToken);
                HasBegun.SetResult();
                await MayGoOn.Task;
            }

            return context;
        }
    }
}
