using OtpPipeline.Api.OpenApi;
using OtpPipeline.Api.Responses;
using OtpPipeline.Api.Security;

namespace OtpPipeline.Api.Admin;

/// <summary>What an operator may do over HTTP. Every error is a problem as RFC 9457 has it.</summary>
internal static class AdminEndpoints
{
    /// <summary>The group /admin, behind the operator's key; each concern maps its own endpoints into it.</summary>
    public static RouteGroupBuilder MapAdminGroup(this IEndpointRouteBuilder routes) =>
        routes.MapGroup(ProblemFormat.AdminPath).RequireAuthorization(ApiKeys.AdminKey).WithTags("Admin").WithGroupName(ApiDocuments.Admin)
            .WithMetadata(new ProblemFormat()).WithErrors(CommonErrors.OfOperators).AddEndpointFilter<AdminChanges>();
}
