using OtpPipeline.Core.Recipients;

namespace OtpPipeline.Core.Otps.Reading;

/// <summary>Which OTPs to list; null is any.</summary>
/// <param name="ApplicationId">The application that owns them.</param>
/// <param name="RecipientHash">See <see cref="OtpHashes"/>.</param>
/// <param name="TrackId">The client's UUID.</param>
/// <param name="ExternalHash">See <see cref="OtpHashes"/>.</param>
/// <param name="Status">The status by the database's clock: a pending OTP past its expiry is EXPIRED.</param>
/// <param name="Channel">The channel of the request.</param>
/// <param name="From">Created at this time or later.</param>
/// <param name="To">Created before this time.</param>
/// <param name="IsTest">Requested with a test key.</param>
public sealed record OtpFilter(
    Guid? ApplicationId,
    byte[]? RecipientHash = null,
    Guid? TrackId = null,
    byte[]? ExternalHash = null,
    OtpStatus? Status = null,
    Channel? Channel = null,
    DateTime? From = null,
    DateTime? To = null,
    bool? IsTest = null);

/// <summary>A position in the list of OTPs, which is ordered by time, then id.</summary>
/// <param name="CreatedAt">When the OTP was created, by the database's clock.</param>
/// <param name="Id">The OTP.</param>
public readonly record struct OtpPlace(DateTime CreatedAt, Guid Id);

/// <summary>A page of OTPs, newest first.</summary>
/// <typeparam name="T">How each is read.</typeparam>
/// <param name="Otps">The OTPs; a page may be short, or empty, although a next one exists.</param>
/// <param name="Next">Where the next page begins; null on the last one.</param>
public sealed record OtpPage<T>(IReadOnlyList<T> Otps, OtpPlace? Next);
