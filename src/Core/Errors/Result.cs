namespace OtpPipeline.Core.Errors;

/// <summary>A validated value, or the error.</summary>
/// <typeparam name="T">The value.</typeparam>
public readonly struct Result<T>
{
    private readonly T? _value;

    private Result(T? value, OtpError? error)
    {
        _value = value;
        Error = error;
    }

    public OtpError? Error { get; }

    /// <exception cref="InvalidOperationException">The value was refused.</exception>
    public T Value => Error is null ? _value! : throw new InvalidOperationException($"Refused with {Error.Code}");

    public static implicit operator Result<T>(T value) => new(value, null);

    public static implicit operator Result<T>(OtpError error) => new(default, error);
}
