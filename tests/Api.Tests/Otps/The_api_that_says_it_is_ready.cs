using System.Collections.Concurrent;
using System.Net;
using System.Reflection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OtpPipeline.Api.Tests.Support;
using OtpPipeline.Core.Applications.Limits;
using OtpPipeline.Core.Otps.Changes;
using OtpPipeline.Core.Otps.Intake;

namespace OtpPipeline.Api.Tests.Otps;

public sealed class The_api_that_says_it_is_ready
{
    private readonly ApiHost _host;

    public The_api_that_says_it_is_ready(ApiHost host)
    {
        Servers.SkipWithout();
        _host = host;
    }

    [Fact]
    public async Task Has_gone_the_ways_of_a_request_a_guess_and_a_look_and_stored_nothing()
    {
        var calls = new ConcurrentQueue<string>();
        using var gate = new ManualResetEventSlim();
        var before = await RowsOfNobodyAsync();
        var api = new WebApplicationFactory<Program>().WithWebHostBuilder(builder =>
        {
            foreach (var (key, value) in _host.Configuration)
            {
                builder.UseSetting(key, value);
            }

            builder.ConfigureLogging(logging => logging.ClearProviders());
            builder.ConfigureTestServices(services =>
            {
                var inner = services.Last(s => s.ServiceType == typeof(IOtpStore)).ImplementationType!;
                services.AddSingleton(p => Watched.From((IOtpStore)ActivatorUtilities.CreateInstance(p, inner), Called));
                services.AddSingleton(p => Watched.From((IIntakeStore)ActivatorUtilities.CreateInstance(p, inner), Called));
            });
        });
        using var client = api.CreateClient();

        // As long as the first of them is held up.
        HttpResponseMessage ready;
        (await client.GetAsync("/health/ready")).StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        gate.Set();
        while ((ready = await client.GetAsync("/health/ready")).StatusCode != HttpStatusCode.OK)
        {
            ready.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        var gone = calls.ToList();
        gone.Count(c => c is nameof(IIntakeStore.BeginIntakeAsync)).ShouldBe(12);
        gone.ShouldContain(nameof(IOtpStore.BeginAsync));
        gone.Count(c => c is nameof(IOtpStore.FindAsync)).ShouldBe(12);
        (await client.GetAsync("/health/ready")).StatusCode.ShouldBe(HttpStatusCode.OK);
        calls.Count.ShouldBe(gone.Count);
        (await RowsOfNobodyAsync()).ShouldBe(before);
        await api.LeaveAsync();

        void Called(string call)
        {
            calls.Enqueue(call);
            gate.Wait();
        }
    }

    /// <summary>OTPs and histories of applications that do not exist.</summary>
    private Task<int> RowsOfNobodyAsync() => _host.QueryAsync(async db =>
        await db.Otps.CountAsync(o => !db.Applications.Any(a => a.Id == o.ApplicationId))
        + await db.Set<RecipientHistory>().CountAsync(h => !db.Applications.Any(a => a.Id == h.ApplicationId)));

    /// <summary>Tells of each call.</summary>
    public class Watched : DispatchProxy
    {
        private object _inner = null!;
        private Action<string> _called = null!;

        public static T From<T>(T inner, Action<string> called)
            where T : class
        {
            var proxy = Create<T, Watched>();
            ((Watched)(object)proxy)._inner = inner;
            ((Watched)(object)proxy)._called = called;
            return proxy;
        }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            _called(targetMethod!.Name);
            return targetMethod.Invoke(_inner, args);
        }
    }
}
