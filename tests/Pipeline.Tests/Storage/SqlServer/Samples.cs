using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;
using OtpPipeline.Core.Otps.Changes;

namespace OtpPipeline.Pipeline.Tests.Storage.SqlServer;

/// <summary>Makes arguments for the stores' methods: every list has an entry; what may be null is given or left out.</summary>
internal sealed class Samples(bool full)
{
    private static readonly DateTime Now = new(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc);
    private readonly NullabilityInfoContext _nullability = new();
    private readonly HashSet<Type> _open = [];

    public object? Of(ParameterInfo parameter) =>
        !full && MayBeNull(parameter.ParameterType, _nullability.Create(parameter)) ? null : Of(parameter.ParameterType);

    public object? Of(Type type) => Nullable.GetUnderlyingType(type) is { } inner ? full ? Of(inner) : null : Type.GetTypeCode(type) switch
    {
        _ when type.IsEnum => Enum.GetValues(type).GetValue(0),
        TypeCode.String => "text",
        TypeCode.Int32 => 3,
        TypeCode.Int64 => 3L,
        TypeCode.Boolean => full,
        TypeCode.Decimal => 1.5m,
        TypeCode.DateTime => Now,
        _ when type == typeof(Guid) => Guid.Parse("019f0000-0000-7000-8000-000000000001"),
        _ when type == typeof(TimeSpan) => TimeSpan.FromMilliseconds(1500),
        _ when type == typeof(DateOnly) => DateOnly.FromDateTime(Now),
        _ when type == typeof(byte[]) => new byte[] { 1, 2, 3 },
        _ when type == typeof(CancellationToken) => CancellationToken.None,
        _ when type == typeof(OtpChanges) => Filled(new OtpChanges(null!, Now, null!)),
        _ when type.IsArray => List(type.GetElementType()!, type),
        _ when ElementOf(type) is { } element => List(element, type),
        _ => Object(type),
    };

    private static Type? ElementOf(Type type) =>
        type.IsGenericType && typeof(IEnumerable).IsAssignableFrom(type) && type.GetGenericArguments() is [var element] ? element : null;

    private static bool MayBeNull(Type type, NullabilityInfo info) =>
        Nullable.GetUnderlyingType(type) is not null || (!type.IsValueType && info.ReadState == NullabilityState.Nullable);

    private object List(Type element, Type type)
    {
        var array = Array.CreateInstance(element, 1);
        array.SetValue(Of(element), 0);
        return type.IsArray || type.IsAssignableFrom(array.GetType()) ? array : Activator.CreateInstance(type, array)!;
    }

    private object Object(Type type)
    {
        if (type.IsGenericType && type.GetGenericArguments() is [var key, var value] && typeof(IEnumerable).IsAssignableFrom(type))
        {
            var map = (IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(key, value))!;
            map[Of(key)!] = Of(value);
            return map;
        }

        // The stores call nothing that they are given, and read no further where a type holds itself.
        if (type.IsAbstract || typeof(Delegate).IsAssignableFrom(type))
        {
            return null!;
        }

        if (!_open.Add(type))
        {
            return RuntimeHelpers.GetUninitializedObject(type);
        }

        var constructor = type.GetConstructors()
            .Where(c => !c.GetParameters().Any(p => p.ParameterType == type)).MaxBy(c => c.GetParameters().Length);
        var made = constructor is null
            ? RuntimeHelpers.GetUninitializedObject(type)
            : constructor.Invoke([.. constructor.GetParameters().Select(p => type.IsGenericType ? Of(p.ParameterType) : Of(p))]);
        var filled = Filled(made);
        _open.Remove(type);
        return filled;
    }

    /// <summary>Sets each property that can be set, and adds an entry to each collection.</summary>
    private object Filled(object made)
    {
        foreach (var property in made.GetType().GetProperties().Where(p => p.GetIndexParameters().Length == 0))
        {
            if (property.SetMethod is { IsPublic: true })
            {
                var value = !full && MayBeNull(property.PropertyType, _nullability.Create(property)) ? null : Of(property.PropertyType);
                property.SetValue(made, value);
            }
            else if (property.SetMethod is null && property.PropertyType.GetMethod("Add") is { } add
                && property.GetValue(made) is IEnumerable entries && !entries.Cast<object>().Any())
            {
                add.Invoke(entries, [.. add.GetParameters().Select(p => Of(p.ParameterType))]);
            }
        }

        return made;
    }
}
