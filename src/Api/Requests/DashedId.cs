namespace OtpPipeline.Api.Requests;

/// <summary>Parses an id in a path or a body. Only the dashed form is valid; any other text matches nothing.</summary>
internal static class DashedId
{
    public static bool TryParse(string text, out Guid id) => Guid.TryParseExact(text, "D", out id);
}
