using System.Text.Json;
using System.Text.Json.Serialization;
using OtpPipeline.Contracts;
using OtpPipeline.Pipeline.Tests.Harness;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.Documentation;

/// <summary>docs/asyncapi.yaml, held against the contracts.</summary>
public sealed class The_description_of_the_bus
{
    private static readonly JsonSerializerOptions Plain = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    /// <summary>A step is a part of RequestOtp; OtpRequested is a work command of our own queues, and FurtherOtp a part of it.</summary>
    private static IEnumerable<Type> Contracts => typeof(RequestOtp).Assembly.GetExportedTypes()
        .Where(t => t != typeof(OtpStep) && t != typeof(OtpRequested) && t != typeof(FurtherOtp));

    [Fact]
    public async Task Has_every_contract_with_its_fields()
    {
        var components = (await Repository.YamlAsync("docs", "asyncapi.yaml")).GetProperty("components");

        components.GetProperty("messages").EnumerateObject().Select(m => m.Name)
            .ShouldBe(Contracts.Select(c => c.Name), ignoreOrder: true);
        foreach (var contract in Contracts)
        {
            var fields = contract.GetProperties().Select(p => JsonNamingPolicy.CamelCase.ConvertName(p.Name));
            SchemaOf(components, contract).GetProperty("properties").EnumerateObject().Select(p => p.Name)
                .ShouldBe(fields, ignoreOrder: true, contract.Name);
        }
    }

    [Fact]
    public async Task Has_examples_that_are_such_messages()
    {
        var components = (await Repository.YamlAsync("docs", "asyncapi.yaml")).GetProperty("components");
        foreach (var contract in Contracts)
        {
            var examples = components.GetProperty("messages").GetProperty(contract.Name).GetProperty("examples").EnumerateArray().ToList();
            examples.ShouldNotBeEmpty(contract.Name);
            foreach (var payload in examples.Select(e => e.GetProperty("payload")))
            {
                var names = payload.EnumerateObject().Select(p => p.Name).ToList();
                SchemaOf(components, contract).GetProperty("required").EnumerateArray().Select(r => r.GetString()!)
                    .Except(names).ShouldBeEmpty($"{contract.Name} needs these");
                Should.NotThrow(() => WithoutPlan(payload).Deserialize(contract, Plain), $"{contract.Name}: {payload}");
            }
        }
    }

    /// <summary>A step may be the name of its channel alone, which the record of .NET does not have.</summary>
    private static JsonElement WithoutPlan(JsonElement payload) => JsonSerializer.SerializeToElement(
        payload.EnumerateObject().Where(p => p.Name is not "channels").ToDictionary(p => p.Name, p => p.Value, StringComparer.Ordinal));

    private static JsonElement SchemaOf(JsonElement components, Type contract)
    {
        var reference = components.GetProperty("messages").GetProperty(contract.Name).GetProperty("payload").GetProperty("$ref");
        return components.GetProperty("schemas").GetProperty(reference.GetString()!.Split('/')[^1]);
    }
}
