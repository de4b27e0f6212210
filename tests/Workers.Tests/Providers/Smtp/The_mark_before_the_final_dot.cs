using MimeKit;
using MimeKit.IO;
using OtpPipeline.Core.Stores;
using OtpPipeline.Workers.Connections;
using OtpPipeline.Workers.Providers.Smtp;
using OtpPipeline.Workers.Tests.Support;

namespace OtpPipeline.Workers.Tests.Providers.Smtp;

public sealed class The_mark_before_the_final_dot : IDisposable
{
    private readonly CancellationTokenSource _deadline = new();
    private readonly SmtpProgress _progress = new(TimeSpan.FromSeconds(5));

    [Theory]
    [InlineData(null)]
    [InlineData("<p>4711</p>")]
    public async Task Is_set_when_all_of_the_content_is_out_and_not_before(string? html)
    {
        var connection = new Connection(() => _progress.HandedOver);

        await WriteAsync(connection, LeaseClock.Endless, html);

        connection.MarkAtEachWrite.ShouldNotBeEmpty();
        connection.MarkAtEachWrite.ShouldAllBe(mark => !mark);
        _progress.HandedOver.ShouldBeTrue();
    }

    [Fact]
    public async Task Is_not_set_when_the_connection_ends_within_the_content()
    {
        var connection = new Connection(() => throw new IOException());

        await Should.ThrowAsync<IOException>(() => WriteAsync(connection, LeaseClock.Endless, null));

        _progress.HandedOver.ShouldBeFalse();
    }

    [Fact]
    public async Task Is_not_set_when_the_claim_ends_while_the_content_goes_out()
    {
        var time = new FrozenTime();
        var connection = new Connection(() =>
        {
            time.Freeze(TimeSpan.FromSeconds(31));
            return false;
        });

        await Should.ThrowAsync<LeaseOverException>(() => WriteAsync(connection, LeaseClock.Start(time, TimeSpan.FromSeconds(30)), null));

        _progress.HandedOver.ShouldBeFalse();
    }

    [Theory]
    [InlineData("354 go on\r\n", true)]
    [InlineData("451 not now\r\n", false)]
    public void Stands_from_the_answer_to_DATA_on_where_the_content_does_not_say_more(string answer, bool mark)
    {
        _progress.Begin(LeaseClock.Endless, _deadline);
        Log(_progress.LogClient, "DATA\r\n");
        _progress.HandedOver.ShouldBeFalse();

        Log(_progress.LogServer, answer);

        _progress.HandedOver.ShouldBe(mark);
    }

    public void Dispose() => _deadline.Dispose();

    private async Task WriteAsync(Stream connection, LeaseClock lease, string? html)
    {
        _progress.Begin(lease, _deadline);
        Log(_progress.LogClient, "DATA\r\n");
        Log(_progress.LogServer, "354 go on\r\n");
        using var mail = new OutgoingMail(new("", "codes@otp.example"), new("", "a@mail.example"), "4711", html)
        {
            Id = "<1@otp.example>",
            Progress = _progress,
        };

        // As MailKit does: a filter for dots, and a buffer of 4096 bytes before the connection.
        await using var buffered = new BufferedStream(connection, 4096);
        await using var filtered = new FilteredStream(buffered);
        await mail.WriteToAsync(FormatOptions.Default, filtered);
    }

    private static void Log(Action<byte[], int, int> log, string text) => log(System.Text.Encoding.ASCII.GetBytes(text), 0, text.Length);

    private sealed class Connection(Func<bool> mark) : MemoryStream
    {
        public List<bool> MarkAtEachWrite { get; } = [];

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            MarkAtEachWrite.Add(mark());
            return base.WriteAsync(buffer, cancellationToken);
        }
    }
}
