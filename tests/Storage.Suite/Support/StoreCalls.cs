using System.Collections.Concurrent;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;

namespace OtpPipeline.Storage.Suite.Support;

/// <summary>Knows every method of every store of the database, and which of them the suite has called.</summary>
internal static class StoreCalls
{
    private static readonly ConcurrentDictionary<string, bool> Methods = new(StringComparer.Ordinal);

    /// <summary>Methods of stores, and of the units that they begin.</summary>
    public static int Known => Methods.Count;

    public static IEnumerable<string> Uncalled => Methods.Where(m => !m.Value).Select(m => m.Key).Order(StringComparer.Ordinal);

    /// <summary>Puts a watched store in the place of each store that the database registered.</summary>
    public static void Watch(IServiceCollection services)
    {
        foreach (var store in services.Where(IsStore).ToList())
        {
            Know(store.ServiceType);
            services.Remove(store);
            services.AddSingleton(
                store.ServiceType,
                provider => WatchedStore.Around(
                    ActivatorUtilities.CreateInstance(provider, store.ImplementationType!), store.ServiceType));
        }
    }

    public static void Called(MethodInfo method) => Methods.TryUpdate(NameOf(method), newValue: true, comparisonValue: false);

    /// <summary>The interface of the unit that a method begins; null for other methods.</summary>
    public static Type? UnitOf(MethodInfo method) =>
        method.ReturnType is { IsGenericType: true } task && task.GetGenericTypeDefinition() == typeof(Task<>)
        && task.GetGenericArguments()[0] is { IsInterface: true } unit && unit.IsAssignableTo(typeof(IAsyncDisposable))
            ? unit
            : null;

    private static bool IsStore(ServiceDescriptor service) =>
        service.ServiceType.IsInterface
        && service.ImplementationType?.Assembly.GetName().Name?.StartsWith("OtpPipeline.Storage.", StringComparison.Ordinal) == true;

    private static void Know(Type contract)
    {
        foreach (var method in contract.GetMethods())
        {
            Methods.TryAdd(NameOf(method), false);
            if (UnitOf(method) is { } unit)
            {
                Know(unit);
            }
        }
    }

    private static string NameOf(MethodInfo method) =>
        $"{method.DeclaringType!.Name}.{method.Name}({string.Join(", ", method.GetParameters().Select(p => p.Name))})";
}
