using System.Text;
using OtpPipeline.Hosting.Bus;
using OtpPipeline.Pipeline.Tests.Harness;
using RabbitMQ.Client;

namespace OtpPipeline.Pipeline.Tests.Promises;

/// <summary>Reads everything that a pipeline wrote, and searches it for a secret in each of its encodings.</summary>
internal static class EveryStore
{
    public static async Task<long> CountAsync(IChannel channel, string queue)
    {
        try
        {
            return await channel.MessageCountAsync(queue);
        }
        catch (RabbitMQ.Client.Exceptions.OperationInterruptedException)
        {
            return -1;
        }
    }

    public static async Task<Dictionary<string, byte[]>> QueuesAsync(RunningPipeline pipeline)
    {
        var queues = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        await using var connection = await new ConnectionFactory { Uri = pipeline.Broker }.CreateConnectionAsync();
        foreach (var name in OtpBusTopology.WorkQueues.SelectMany(q => new[] { q, q + "_error", q + "_skipped", q + "-dead" }))
        {
            await using var channel = await connection.CreateChannelAsync();
            if (await CountAsync(channel, name) < 0)
            {
                continue;
            }

            var text = new StringBuilder();
            while (await channel.BasicGetAsync(name, autoAck: false) is { } message)
            {
                text.Append(Encoding.UTF8.GetString(message.Body.Span)).Append('\n');
                foreach (var (header, value) in message.BasicProperties.Headers ?? new Dictionary<string, object?>(StringComparer.Ordinal))
                {
                    text.Append(header).Append('=').Append(value is byte[] bytes ? Encoding.UTF8.GetString(bytes) : value).Append('\n');
                }
            }

            queues[name] = Encoding.UTF8.GetBytes(text.ToString());
        }

        return queues;
    }

    public static async Task<Dictionary<string, byte[]>> TablesAsync(RunningPipeline pipeline)
    {
        var names = await pipeline.Database.ReadAsync(
            r => r.GetString(0), "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'");
        var tables = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var name in names)
        {
            var rows = await pipeline.Database.ReadAsync(r => r.GetString(0), $"SELECT t::text FROM \"{name}\" t");
            tables[name] = Encoding.UTF8.GetBytes(string.Join('\n', rows));
        }

        return tables;
    }

    public static Dictionary<string, byte[]> Files(string folder) =>
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).ToDictionary(f => f, File.ReadAllBytes, StringComparer.Ordinal);

    /// <summary>In clear, as hex (of a bytea), and as base64.</summary>
    public static void Search(Dictionary<string, byte[]> places, string kind, string secret, List<string> finds)
    {
        var bytes = Encoding.UTF8.GetBytes(secret);
        var forms = new[] { bytes, Encoding.UTF8.GetBytes(Convert.ToHexStringLower(bytes)), Encoding.UTF8.GetBytes(Convert.ToBase64String(bytes)[..^4]), Encoding.Unicode.GetBytes(secret) };
        finds.AddRange(
            places.Where(p => forms.Any(f => p.Value.AsSpan().IndexOf(f) >= 0)).Select(p => $"'{secret}' in the {kind} {p.Key}"));
    }
}
