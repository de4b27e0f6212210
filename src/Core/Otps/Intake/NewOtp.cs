using OtpPipeline.Core.Applications.Limits;
using OtpPipeline.Core.Deliveries.Publishing;
using OtpPipeline.Core.Otps.Requests;

namespace OtpPipeline.Core.Otps.Intake;

/// <summary>A validated request with its id, encrypted secrets and keyed hashes, before the database is read.</summary>
public sealed record NewOtp(
    ValidatedOtpRequest Validated,
    Guid OtpId,
    byte[] RecipientHash,
    byte[] Details,
    byte[] PinCiphertext,
    string PinKeyId,
    string Route,
    int Parts,
    decimal Cost,
    byte[]? IdempotencyHash,
    byte[]? CommandHash)
{
    public Guid ApplicationId => Validated.Application.Id;

    public QueueShare Share => new(ApplicationId, Validated.Channel);

    /// <summary>The PIN comparison is case-sensitive.</summary>
    public bool ExactPin { get; init; }

    /// <summary>What the client attached, encrypted.</summary>
    public byte[]? Attached { get; init; }

    /// <summary>Finds the OTP by the client's externalId.</summary>
    public byte[]? ExternalHash { get; init; }

    /// <summary>The client's own message, encrypted.</summary>
    public byte[]? Message { get; init; }

    /// <summary>Finds the OTP for clients that do not know its id.</summary>
    public byte[]? LookupHash { get; init; }

    /// <summary>Finds the OTP by its PIN.</summary>
    public byte[]? PinHash { get; init; }

    /// <summary>Further counters of this send besides the recipient's history, each with the hash of its history.</summary>
    public IReadOnlyList<(byte[] Hash, CountedSends Counted)> Counters { get; init; } = [];

    /// <summary>Counts the recipient's sends and failed guesses; null when that is <see cref="RecipientHash"/>.</summary>
    public byte[]? LimitHash { get; init; }

    /// <summary>The hash of the recipient's history.</summary>
    public byte[] HistoryHash => LimitHash ?? RecipientHash;

    /// <summary>The hashes of all histories that count this send, the recipient's first.</summary>
    public IEnumerable<byte[]> HistoryHashes => Counters.Select(c => c.Hash).Prepend(HistoryHash);

    /// <summary>Prints the id only.</summary>
    public override string ToString() => OtpId.ToString();
}
