using System.ComponentModel.DataAnnotations;

namespace OtpPipeline.Workers.Commands;

/// <summary>Section <c>Commands</c>: commands from the bus.</summary>
public sealed class CommandOptions : IValidatableObject
{
    public const string Section = "Commands";

    /// <summary>Concurrent commands of each kind in this process; they share commits. 1 to 2000; default 400.</summary>
    [Range(1, 2000)]
    public int Concurrency { get; set; } = 400;

    /// <summary>Commands of each kind prefetched by this process, at least Concurrency. 1 to 5000; default 600.</summary>
    [Range(1, 5000)]
    public int Prefetch { get; set; } = 600;

    /// <summary>
    /// The applications that each broker user may use, by user name. With any entry, a command needs the AMQP property user_id, which the
    /// broker checks. Empty (the default): every client that may publish to the broker may use every application.
    /// </summary>
    public IDictionary<string, IList<Guid>> Users { get; init; } = new Dictionary<string, IList<Guid>>(StringComparer.Ordinal);

    /// <summary>
    /// Broker users that replay dead letters in the name of their senders, in addition to this process's user. Default empty.
    /// </summary>
    public IList<string> Operators { get; init; } = [];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        Users.Where(u => u.Value.Count == 0).Select(u => new ValidationResult($"Commands:Users:{u.Key} names no application."));
}
