namespace OtpPipeline.Demo;

/// <summary>Something that the demo has to show did not happen.</summary>
internal sealed class MissingException(string message) : Exception(message)
{
    public static void ThrowUnless(bool met, string otherwise)
    {
        if (!met)
        {
            throw new MissingException(otherwise);
        }
    }
}
