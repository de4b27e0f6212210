using System.Reflection;
using System.Runtime.ExceptionServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using OtpPipeline.Core.Callbacks;
using OtpPipeline.Core.Callbacks.Sending;
using OtpPipeline.Core.Otps.Changes;
using OtpPipeline.Core.Otps.Reading;
using OtpPipeline.Core.Stores;
using OtpPipeline.Storage.SqlServer;
using OtpPipeline.Storage.SqlServer.Outbox;
using OtpPipeline.Storage.SqlServer.Sessions;

namespace OtpPipeline.Pipeline.Tests.Storage.SqlServer;

/// <summary>Calls every method of every store on a database that records: with every value given, and with those left out that may be.</summary>
internal sealed class SentStatements
{
    private static readonly Lazy<Task<SentStatements>> Collected = new(CollectAsync);

    private readonly RecordedDatabase _database = new();
    private readonly Dictionary<string, int> _sentBy = new(StringComparer.Ordinal);

    private SentStatements()
    {
    }

    /// <summary>Each text once.</summary>
    public static async Task<IReadOnlyList<SentCommand>> AllAsync() =>
        [.. (await Collected.Value)._database.Commands.DistinctBy(c => c.Text)];

    /// <summary>Methods of stores of which no statement was collected.</summary>
    public static async Task<IReadOnlyList<string>> SilentAsync() =>
        [.. (await Collected.Value)._sentBy.Where(m => m.Value == 0).Select(m => m.Key)];

    private static async Task<SentStatements> CollectAsync()
    {
        var sent = new SentStatements();
        var services = new ServiceCollection().AddMetrics().AddOptions().AddSingleton<OtpMetrics>();
        await using var provider = services.AddSqlServerStores(new SqlServerDatabase(sent._database.Connect)).BuildServiceProvider();
        foreach (var service in services.Where(s => s.ImplementationType?.Assembly == typeof(SqlServerStorage).Assembly).ToList())
        {
            var store = provider.GetRequiredService(service.ServiceType);
            await sent.CallAllAsync(store, service.ServiceType, new Samples(full: true));
            await sent.CallAllAsync(store, service.ServiceType, new Samples(full: false));
        }

        await VariantsAsync(provider, new Samples(full: true));
        await IgnoringNoRowsAsync(provider.GetRequiredService<StoreCheck>()(CancellationToken.None));
        sent._database.Commands.Add(new(provider.GetRequiredService<LockTimeoutSql>()(1000)!, []));

        // Sent through EF Core in the transaction of a context, whose parameters it names.
        sent._database.Commands.Add(new(SqlServerInbox.InsertSql, ["@message_id nvarchar(255)", "@queue nvarchar(255)"]));
        return sent;
    }

    private async Task CallAllAsync(object store, Type contract, Samples samples)
    {
        // The inbox inserts through EF Core; its statement is added by name.
        foreach (var method in MethodsOf(contract).Where(m => m.GetParameters().All(p => p.ParameterType != typeof(DbContext))))
        {
            var before = _database.Commands.Count;
            var result = await CallAsync(store, method, samples);
            Count(contract, method, before);
            if (result is IAsyncDisposable unit)
            {
                await unit.DisposeAsync();
                await CallUnitAsync(store, method, samples, unit.GetType());
            }
        }
    }

    /// <summary>Calls each method in a new unit.</summary>
    private async Task CallUnitAsync(object store, MethodInfo begin, Samples samples, Type unitType)
    {
        foreach (var contract in unitType.GetInterfaces().Where(i => i != typeof(IAsyncDisposable)))
        {
            foreach (var method in MethodsOf(contract))
            {
                await using var unit = (IAsyncDisposable)(await CallAsync(store, begin, samples))!;
                var before = _database.Commands.Count;
                await CallAsync(unit, method, samples);
                Count(contract, method, before);
            }
        }
    }

    private static IEnumerable<MethodInfo> MethodsOf(Type contract) => contract.GetMethods().Where(m => !m.IsSpecialName);

    private void Count(Type contract, MethodInfo method, int before)
    {
        var name = $"{contract.Name}.{method.Name}({string.Join(", ", method.GetParameters().Select(p => p.Name))})";
        _sentBy[name] = _sentBy.GetValueOrDefault(name) + _database.Commands.Count - before;
    }

    private static async Task<object?> CallAsync(object target, MethodInfo method, Samples samples)
    {
        object? answer;
        try
        {
            answer = method.Invoke(target, [.. method.GetParameters().Select(samples.Of)]);
        }
        catch (TargetInvocationException failure)
        {
            ExceptionDispatchInfo.Throw(failure.InnerException!);
            throw;
        }

        if (answer is not Task task)
        {
            return answer;
        }

        await IgnoringNoRowsAsync(task);
        return task.IsCompletedSuccessfully ? task.GetType().GetProperty("Result")?.GetValue(task) : null;
    }

    /// <summary>A result set that must have a row, such as the clock, has none here: by then the statement is recorded.</summary>
    private static async Task IgnoringNoRowsAsync(Task task)
    {
        try
        {
            await task;
        }
        catch (Exception failure)
            when (failure is InvalidOperationException { Message: "Sequence contains no elements" } or KeyNotFoundException)
        {
            return;
        }
    }

    /// <summary>Statements whose text depends on which filters are given.</summary>
    private static async Task VariantsAsync(IServiceProvider provider, Samples samples)
    {
        var search = provider.GetRequiredService<IOtpSearch>();
        var full = (OtpFilter)samples.Of(typeof(OtpFilter))!;
        OtpFilter[] filters =
        [
            full, full with { TrackId = null }, full with { TrackId = null, ExternalHash = null },
            full with { TrackId = null, ExternalHash = null, RecipientHash = null }, new(null), new(Guid.Empty),
        ];
        foreach (var filter in filters)
        {
            await IgnoringNoRowsAsync(search.ListAsync(filter, default(OtpPlace), 10, CancellationToken.None));
            await IgnoringNoRowsAsync(search.ListAsync(filter, null, 10, CancellationToken.None));
        }

        var callbacks = provider.GetRequiredService<ICallbackStore>();
        foreach (var status in Enum.GetValues<CallbackStatus>())
        {
            var filter = new CallbackFilter(status, null, null, null);
            await IgnoringNoRowsAsync(callbacks.ListAsync(filter, null, 10, CancellationToken.None));
            await IgnoringNoRowsAsync(callbacks.ReplayAsync(filter, Guid.Empty, 10, CancellationToken.None));
        }
    }
}
