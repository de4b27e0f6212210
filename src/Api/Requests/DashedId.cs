namespace OtpPipeline.Api.Requests;

/// <summary>An id in a path or a body. Only the dashed form is one: a text of any other form belongs to nothing.</summary>
internal static class DashedId
{
    public static bool TryParse(string text, out Guid id) => Guid.TryParseExact(text, "D", out id);
}
