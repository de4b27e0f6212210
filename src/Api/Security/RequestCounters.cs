using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using OtpPipeline.Core.RateLimits;

namespace OtpPipeline.Api.Security;

/// <summary>A group of requests that share a counter: those of an address, or those with the operator's key.</summary>
internal readonly record struct Bucket(UInt128 Address, bool IsOperator = false)
{
    /// <summary>All requests with the operator's key.</summary>
    public static readonly Bucket Operator = new(0, IsOperator: true);

    /// <summary>Networks assign whole IPv6 /64s to customers, so one /64 counts as one client.</summary>
    public static Bucket From(IPAddress? address)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        if (address is not null)
        {
            var real = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
            real.TryWriteBytes(bytes, out var length);
            if (real.AddressFamily == AddressFamily.InterNetworkV6)
            {
                bytes[8..length].Clear();
            }
        }

        return new(System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bytes));
    }
}

/// <summary>Counts requests of addresses per minute of the clock, in memory.</summary>
/// <remarks>The framework's limiters do not report the remaining requests or the start of the next period, and keep a limit for as
/// long as a partition lives. This one applies the current limit.</remarks>
internal sealed class RequestCounters(TimeProvider time)
{
    /// <summary>Addresses with a counter each; further ones of the same minute share <see cref="SharedCounters"/>.</summary>
    internal const int MostAddresses = 50_000;

    internal const int SharedCounters = 1_024;

    private Minute _current = new(0);

    public Admission Take(Bucket bucket, int limit)
    {
        var now = time.GetUtcNow();
        var minute = From(now.ToUnixTimeSeconds() / 60);
        var used = minute.Count(bucket);
        return new(used <= limit, Math.Max(0, limit - used), DateTimeOffset.FromUnixTimeSeconds((minute.Number + 1) * 60) - now);
    }

    /// <summary>Counters in memory; bounded for any number of addresses.</summary>
    internal int Kept => Volatile.Read(ref _current).Kept;

    private Minute From(long number)
    {
        var current = Volatile.Read(ref _current);
        if (current.Number == number)
        {
            return current;
        }

        var fresh = new Minute(number);
        var seen = Interlocked.CompareExchange(ref _current, fresh, current);
        return ReferenceEquals(seen, current) ? fresh : seen;
    }

    private sealed class Minute(long number)
    {
        private readonly ConcurrentDictionary<Bucket, Counter> _counters = new();
        private readonly int[] _shared = new int[SharedCounters];
        private int _addresses;

        public long Number => number;

        public int Kept => _counters.Count + _shared.Length;

        public int Count(Bucket bucket)
        {
            if (_counters.TryGetValue(bucket, out var counter))
            {
                return counter.Next();
            }

            // ConcurrentDictionary.Count takes every lock of the table.
            return bucket.IsOperator || Interlocked.Increment(ref _addresses) <= MostAddresses
                ? _counters.GetOrAdd(bucket, static _ => new()).Next()
                : Interlocked.Increment(ref _shared[(uint)HashCode.Combine(bucket) % SharedCounters]);
        }
    }

    private sealed class Counter
    {
        private int _used;

        public int Next() => Interlocked.Increment(ref _used);
    }
}
