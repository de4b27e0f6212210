using System.Reflection;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Harness;

/// <summary>One that stops a worker would fail another that runs at the same time on the same pipeline.</summary>
public sealed class Classes_that_share_a_pipeline
{
    [Fact]
    public void Follow_each_other_or_are_alone()
    {
        var sharing = typeof(LazyPipeline).Assembly.GetTypes()
            .Select(c => (Class: c, Pipelines: c.GetConstructors().SelectMany(k => k.GetParameters()).Select(p => p.ParameterType).Where(IsAssemblyFixture).ToList()))
            .Where(c => c.Pipelines.Count > 0)
            .ToList();

        sharing.Count.ShouldBeGreaterThan(20);
        foreach (var (type, pipelines) in sharing)
        {
            var collection = type.GetCustomAttributes<CollectionAttribute>().SingleOrDefault()?.Name;
            pipelines.ShouldAllBe(
                p => collection == nameof(Alone) || collection == p.Name, $"{type.Name} needs [Collection(nameof({pipelines[0].Name}))]");
        }
    }

    private static bool IsAssemblyFixture(Type type) =>
        type.Assembly.GetCustomAttributes<AssemblyFixtureAttribute>().Any(f => f.AssemblyFixtureType == type);
}
