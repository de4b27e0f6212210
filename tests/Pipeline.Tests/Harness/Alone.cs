using Xunit;

namespace OtpPipeline.Pipeline.Tests.Harness;

/// <summary>Classes whose deadlines or rates need the machine for themselves.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
