using OtpPipeline.Hosting.Bus;

namespace OtpPipeline.Workers.Commands;

/// <summary>The allowed reply queues: those of the sender's applications, and names that only the broker assigns.</summary>
/// <remarks>A reply is sent with the rights of this process, which may write to every queue.</remarks>
internal sealed class ReplyQueues
{
    private const string ServerNamed = "amq.gen-";
    private readonly Dictionary<string, Guid[]> _users;

    public ReplyQueues(CommandOptions options) =>
        _users = options.Users.ToDictionary(u => u.Key, u => u.Value.ToArray(), StringComparer.Ordinal);

    /// <summary>Name prefix of an application's reply queues.</summary>
    public static string PrefixOf(Guid applicationId) => $"otp-replies.{applicationId}.";

    /// <summary>True if the sender of a command may request a reply in this queue.</summary>
    /// <param name="queue">The queue's name.</param>
    /// <param name="user">The sender as verified by the broker; decides if users are mapped.</param>
    /// <param name="named">The application that the command names; decides if no users are mapped.</param>
    public bool Allow(string queue, string? user, string? named) =>
        queue.StartsWith(ServerNamed, StringComparison.Ordinal)
        || DirectReplies.IsAddress(queue)
        || ApplicationsOf(user, named).Any(id => queue.StartsWith(PrefixOf(id), StringComparison.Ordinal));

    private Guid[] ApplicationsOf(string? user, string? named)
    {
        if (_users.Count > 0)
        {
            return user is not null && _users.TryGetValue(user, out var applications) ? applications : [];
        }

        return Guid.TryParse(named, out var id) ? [id] : [];
    }
}
