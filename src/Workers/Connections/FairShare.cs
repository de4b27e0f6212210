namespace OtpPipeline.Workers.Connections;

/// <summary>Places shared by owners. An owner gets another place while it holds fewer than are free.</summary>
/// <remarks>
/// A single owner gets half of the places, two owners that want all get a third each, and a new owner finds some free. Not thread-safe.
/// </remarks>
internal sealed class FairShare<TOwner>(int places)
    where TOwner : notnull
{
    private readonly Dictionary<TOwner, int> _held = [];

    /// <summary>May be negative after <see cref="Take"/>.</summary>
    public int Free { get; private set; } = places;

    public int Held(TOwner owner) => _held.GetValueOrDefault(owner);

    public bool HasRoomFor(TOwner owner) => Held(owner) < Free;

    public bool TryTake(TOwner owner)
    {
        if (!HasRoomFor(owner))
        {
            return false;
        }

        Take(owner, 1);
        return true;
    }

    /// <summary>Takes places, even beyond the owner's share.</summary>
    public void Take(TOwner owner, int count)
    {
        Free -= count;
        if (Held(owner) + count is > 0 and var held)
        {
            _held[owner] = held;
        }
        else
        {
            _held.Remove(owner);
        }
    }

    public void Return(TOwner owner, int count = 1) => Take(owner, -count);
}
