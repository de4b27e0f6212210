using System.Diagnostics.Metrics;
using OtpPipeline.Workers.Telemetry;

namespace OtpPipeline.Workers.Commands;

/// <summary>Metrics of bus commands.</summary>
public sealed class CommandMetrics
{
    private readonly Counter<long> _answered;

    public CommandMetrics(IMeterFactory meters) => _answered = meters.Create(WorkerTelemetry.Name).CreateCounter<long>(
        "otp.commands", "{command}", "Commands from the bus, by kind and by the code of the error; 0 is success.");

    public void Answered<TCommand>(int code) => _answered.Add(1, new("command", typeof(TCommand).Name), new("code", code));
}
