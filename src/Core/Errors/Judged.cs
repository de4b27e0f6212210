namespace OtpPipeline.Core.Errors;

/// <summary>A value that passed its checks, or the refusal.</summary>
/// <typeparam name="T">The value.</typeparam>
public readonly struct Judged<T>
{
    private readonly T? _value;

    private Judged(T? value, Refusal? refusal)
    {
        _value = value;
        Refusal = refusal;
    }

    public Refusal? Refusal { get; }

    /// <exception cref="InvalidOperationException">It was refused.</exception>
    public T Value => Refusal is null ? _value! : throw new InvalidOperationException($"Refused with {Refusal.Code}");

    public static implicit operator Judged<T>(T value) => new(value, null);

    public static implicit operator Judged<T>(Refusal refusal) => new(default, refusal);
}
