using System.Text.Json;
using System.Text.Json.Serialization;
using OtpPipeline.Contracts;
using OtpPipeline.Core.Callbacks;
using OtpPipeline.Core.Deliveries;
using OtpPipeline.Core.Deliveries.Feedback;

namespace OtpPipeline.Hosting.Bus.Messages;

/// <summary>Serializes messages for the outbox.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(OtpRequested))]
[JsonSerializable(typeof(FeedbackDue))]
[JsonSerializable(typeof(CallbackDue))]
[JsonSerializable(typeof(OtpStatusChanged))]
[JsonSerializable(typeof(OtpDeliveryChanged))]
[JsonSerializable(typeof(OtpAccepted))]
[JsonSerializable(typeof(OtpVerified))]
[JsonSerializable(typeof(OtpCancelled))]
[JsonSerializable(typeof(OtpResent))]
[JsonSerializable(typeof(OtpStepStarted))]
[JsonSerializable(typeof(OtpRejected))]
internal sealed partial class ContractsJson : JsonSerializerContext;
