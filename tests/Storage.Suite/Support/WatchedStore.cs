using System.Reflection;

namespace OtpPipeline.Storage.Suite.Support;

/// <summary>Passes each call on to a store, or to a unit that it began, and notes the method.</summary>
internal class WatchedStore : DispatchProxy
{
    private static readonly MethodInfo Unit =
        typeof(WatchedStore).GetMethod(nameof(UnitAsync), BindingFlags.NonPublic | BindingFlags.Static)!;

    private object _store = null!;

    public static object Around(object store, Type contract)
    {
        var proxy = Create(contract, typeof(WatchedStore));
        ((WatchedStore)proxy)._store = store;
        return proxy;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        StoreCalls.Called(targetMethod!);
        var result = targetMethod!.Invoke(_store, BindingFlags.DoNotWrapExceptions, binder: null, args, culture: null);
        return StoreCalls.UnitOf(targetMethod) is { } unit ? Unit.MakeGenericMethod(unit).Invoke(null, [result]) : result;
    }

    private static async Task<T> UnitAsync<T>(Task<T> began)
        where T : class => (T)Around(await began, typeof(T));
}
