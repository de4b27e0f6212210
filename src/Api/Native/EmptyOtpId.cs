using Microsoft.Extensions.Options;
using OtpPipeline.Api.Responses;

namespace OtpPipeline.Api.Native;

/// <summary>Answers /otp/ with 404: routing drops the last slash, so a verification with an empty id would request an OTP.</summary>
internal static class EmptyOtpId
{
    public static IApplicationBuilder UseEmptyOtpId(this IApplicationBuilder app)
    {
        var path = app.ApplicationServices.GetRequiredService<IOptions<NativeOptions>>().Value.Prefix + "/otp/";
        return app.Use((http, next) => path.Equals(http.Request.Path.Value, StringComparison.OrdinalIgnoreCase)
            ? ErrorResponse.WriteAsync(http, ApiErrors.PathNotFound)
            : next(http));
    }
}
