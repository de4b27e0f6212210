namespace OtpPipeline.Core.Recipients;

/// <summary>What kind of line a phone number reaches, as its numbering plan says.</summary>
public enum LineType
{
    FixedLine,
    Mobile,

    /// <summary>Either: the plan does not tell, as in North America.</summary>
    FixedLineOrMobile,

    /// <summary>Free for the caller.</summary>
    TollFree,

    /// <summary>The caller, here the sender, pays extra.</summary>
    PremiumRate,

    /// <summary>The caller and the called share a cost that is usually higher than normal.</summary>
    SharedCost,

    Voip,

    /// <summary>Follows a person from line to line.</summary>
    Personal,

    Pager,

    /// <summary>Leads to the offices of one company.</summary>
    Company,

    Voicemail,
}
