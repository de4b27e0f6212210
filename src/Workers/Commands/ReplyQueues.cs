using OtpPipeline.Hosting.Bus;

namespace OtpPipeline.Workers.Commands;

/// <summary>The queues that answers may go to: those of the sender's applications, and names that only the broker gives.</summary>
/// <remarks>An answer is sent with the rights of this process, which may write to every queue.</remarks>
internal sealed class ReplyQueues
{
    private const string ServerNamed = "amq.gen-";
    private readonly Dictionary<string, Guid[]> _users;

    public ReplyQueues(CommandOptions options) =>
        _users = options.Users.ToDictionary(u => u.Key, u => u.Value.ToArray(), StringComparer.Ordinal);

    /// <summary>What the name of an application's own reply queue begins with.</summary>
    public static string PrefixOf(Guid applicationId) => $"otp-replies.{applicationId}.";

    /// <summary>Whether the sender of a command may ask for an answer there.</summary>
    /// <param name="queue">The queue's name.</param>
    /// <param name="user">The sender as the broker checked it; where users are mapped, it decides.</param>
    /// <param name="named">The application that the command names; it decides where nobody is mapped.</param>
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
