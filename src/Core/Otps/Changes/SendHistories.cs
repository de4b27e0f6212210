using OtpPipeline.Core.Applications.Limits;

namespace OtpPipeline.Core.Otps.Changes;

/// <summary>Locked histories, found by application and hash.</summary>
public sealed class SendHistories(Func<(Guid ApplicationId, string Hash), RecipientHistory> find)
{
    public static SendHistories From(IEnumerable<RecipientHistory> histories)
    {
        var rows = histories.ToDictionary(h => (h.ApplicationId, Convert.ToHexString(h.RecipientHash)));
        return new(key => rows[key]);
    }

    public RecipientHistory Of(Guid applicationId, byte[] hash) => find((applicationId, Convert.ToHexString(hash)));
}
