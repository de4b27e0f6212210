namespace OtpPipeline.Api.OpenApi;

/// <summary>The JSON that the description shows for a body.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class ExampleAttribute(string json) : Attribute
{
    public string Json => json;
}
