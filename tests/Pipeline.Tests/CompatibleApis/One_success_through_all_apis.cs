using OtpPipeline.Core.Recipients;
using OtpPipeline.Pipeline.Tests.Harness;
using Shouldly;
using Xunit;

namespace OtpPipeline.Pipeline.Tests.CompatibleApis;

/// <summary>
/// The right code of one OTP, submitted in every compatible API at the same moment. A further compatible API is a further row of
/// <see cref="Apis"/>.
/// </summary>
[Collection(nameof(SharedPipeline))]
public sealed class One_success_through_all_apis(SharedPipeline shared)
{
    private const int Submissions = 200;

    private static readonly Door[] Apis =
    [
        new("native", (p, otp) => p.Client.VerifyAsync(otp.Id, otp.Pin), a => a.Status == 200, a => a.Code == 2023),
        new(
            "Beem", (p, otp) => Beem_conformance.VerifyAsync(p, otp.Id, otp.Pin),
            a => a.Text == Beem_conformance.Envelope(117, "Valid Pin"), a => a.Text == Beem_conformance.Envelope(118, "Duplicate Pin")),
        new(
            "BizMagnets", (p, otp) => BizMagnets_conformance.VerifyAsync(p, otp.Id, otp.Recipient, otp.Pin), a => a.Status == 200,
            a => a.Status == 410),
    ];

    public static TheoryData<string> MadeBy => ["native", "Beem", "BizMagnets"];

    [Theory]
    [MemberData(nameof(MadeBy))]
    public async Task Of_200_at_once_exactly_one_verifies(string compatibleApi)
    {
        var pipeline = await shared.GetAsync();
        var rounds = Load.Scale(3, 30);
        var successes = new List<string>();
        for (var round = 0; round < rounds; round++)
        {
            var (id, recipient) = compatibleApi switch
            {
                "Beem" => await Beem_conformance.SentAsync(pipeline),
                "BizMagnets" => await BizMagnets_conformance.SentAsync(pipeline),
                _ => await pipeline.WithRequestedOtpAsync(),
            };
            var otp = new Sent(id, recipient, await pipeline.Sandbox.PinAsync(recipient));

            var answers = await Load.AtOnceAsync(
                Submissions, async i => (Door: Apis[i % Apis.Length], Answer: await Apis[i % Apis.Length].Submit(pipeline, otp)));

            successes.Add(answers.Where(a => a.Door.IsSuccess(a.Answer)).Select(a => a.Door.Name).ShouldHaveSingleItem());
            answers.Count(a => a.Door.IsUsed(a.Answer)).ShouldBe(Submissions - 1);
            var row = await pipeline.Database.OtpAsync(id);
            (row.Status, row.Attempts).ShouldBe(("VERIFIED", 0));
        }

        Figures.Print(
            $"{rounds} OTPs made by {compatibleApi}, each with {Submissions} parallel right codes through {Apis.Length} compatible " +
            $"APIs over two API processes",
            $"{successes.Count} VERIFIED ({string.Join(", ", successes.GroupBy(s => s).Select(s => $"{s.Count()} by {s.Key}"))})");
    }

    private sealed record Sent(Guid Id, string Recipient, string Pin);

    private sealed record Door(
        string Name, Func<RunningPipeline, Sent, Task<HostAnswer>> Submit, Func<HostAnswer, bool> IsSuccess, Func<HostAnswer, bool> IsUsed);
}
