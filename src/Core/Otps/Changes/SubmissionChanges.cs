using OtpPipeline.Core.Errors;

namespace OtpPipeline.Core.Otps.Changes;

/// <summary>Adds answers to submissions to the changes of a transaction.</summary>
public static class SubmissionChanges
{
    /// <summary>Stores the answer to a submission for its repetition; a null error is success.</summary>
    public static void Remember(this OtpChanges changes, LockedOtp locked, byte[] submission, OtpError? error)
    {
        var row = new OtpSubmission
        {
            OtpId = locked.Otp.Id,
            Hash = submission,
            Code = error?.Code,
            AttemptsRemaining = error?.AttemptsRemaining,
        };
        locked.Submissions.Add(row);
        changes.Submissions.Add(row);
    }
}
