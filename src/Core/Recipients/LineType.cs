namespace OtpPipeline.Core.Recipients;

/// <summary>The kind of line that a phone number reaches, by its numbering plan.</summary>
public enum LineType
{
    FixedLine,
    Mobile,

    /// <summary>Either: the plan does not distinguish them, as in North America.</summary>
    FixedLineOrMobile,

    /// <summary>Free for the caller.</summary>
    TollFree,

    /// <summary>The caller, here the sender, pays extra.</summary>
    PremiumRate,

    /// <summary>The caller and the called party share a cost that is usually higher than normal.</summary>
    SharedCost,

    Voip,

    /// <summary>Follows a person from line to line.</summary>
    Personal,

    Pager,

    /// <summary>Reaches the offices of one company.</summary>
    Company,

    Voicemail,
}
