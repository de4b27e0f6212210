namespace OtpPipeline.Storage.Suite;

/// <summary>Runs when all other tests of the suite have ended.</summary>
[CollectionDefinition(nameof(AfterAllOthers), DisableParallelization = true)]
public sealed class AfterAllOthers;

/// <summary>A new method of a store needs a test here, which holds it for every database.</summary>
[Collection(nameof(AfterAllOthers))]
public sealed class Every_method_of_a_store
{
    public Every_method_of_a_store() => DatabaseRow.SkipWithout();

    [Fact]
    public void Is_called_by_a_test_of_the_suite()
    {
        StoreCalls.Known.ShouldBeGreaterThan(50, "runs with the other tests of the suite only");
        StoreCalls.Uncalled.ShouldBeEmpty();
    }
}
