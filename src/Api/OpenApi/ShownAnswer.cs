namespace OtpPipeline.Api.OpenApi;

/// <summary>What the document of a compatible API shows for one status.</summary>
/// <param name="Status">HTTP's status.</param>
/// <param name="Text">What it means.</param>
/// <param name="Body">Type of the body; null for a plain text.</param>
/// <param name="Examples">Answers as the endpoint gives them, with their names.</param>
internal sealed record ShownAnswer(int Status, string Text, Type? Body, params IReadOnlyList<(string Name, IResult Answer)> Examples);
